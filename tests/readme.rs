//! What the README shows is what the tool prints.

#[test]
fn the_readme_shows_what_the_tool_prints() {
    trycmd::TestCases::new()
        .env("COLUMNS", "100")
        .case("README.md");
}
