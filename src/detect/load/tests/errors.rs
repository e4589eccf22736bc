//! Mistakes: every one says where it is and what to do.

use super::{messages, named, with_selection};

#[test]
fn values_that_cannot_be_meant() {
    for (line, key, message) in [
        (
            "f|contians: x",
            "f|contians",
            "unknown modifier \"contians\", did you mean contains?",
        ),
        ("f|: x", "f|", "unknown modifier \"\""),
        ("f|re: 'a(?=b)'", "f|re", "regular expression: look-around"),
        ("f|re: 'a(?!b)'", "f|re", "regular expression: look-around"),
        (
            "f|re: '(a)\\1'",
            "f|re",
            "regular expression: backreferences are not supported",
        ),
        ("f|re: 'a('", "f|re", "regular expression: unclosed group"),
        ("f|re: 'a{2000}{2000}'", "f|re", "regular expression: "),
        (
            "f|cidr: 192.0.2.0/33",
            "f|cidr",
            "\"192.0.2.0/33\" is no address range",
        ),
        ("f|cidr: example", "f|cidr", "is no address range"),
        ("f|exists: maybe", "f|exists", "exists takes true or false"),
        ("f|exists:", "f|exists", "null has nothing to compare"),
        ("f|gt: many", "f|gt", "\"many\" is no number"),
        ("f|gt: .inf", "f|gt", "is no number"),
        ("f|hour: 24", "f|hour", "\"24\" is not between 0 and 23"),
        ("f|month: 0", "f|month", "is not between 1 and 12"),
        ("f|contains:", "f|contains", "null has nothing to compare"),
        ("f: { g: x }", "f", "a map cannot be a value"),
        ("f: []", "f", "an empty list of values"),
        ("f|base64: 'a*'", "f|base64", "cannot encode wildcards"),
        ("f|base64: ''", "f|base64", "of an empty value"),
        ("f|utf16: a", "f|utf16", "put base64 or base64offset behind"),
        ("f|fieldref: ''", "f|fieldref", "needs the name of a field"),
        ("'|exists': true", "|exists", "needs a field name"),
        ("'|startswith': x", "|startswith", "need a field name"),
        (
            "f|windash: '-a -b -c -d -e -f'",
            "f|windash",
            "more than 5 flags",
        ),
        (
            "f|contains|startswith: x",
            "f|contains|startswith",
            "exclude each other",
        ),
    ] {
        let found = messages(&with_selection(&format!("    {line}")));
        assert_eq!(found.len(), 1, "{line}");
        let start = format!("t.yml:5: detection.selection.{key}: ");
        assert!(
            found[0].starts_with(&start) && found[0].contains(message),
            "{line}: {}",
            found[0]
        );
    }
}

#[test]
fn documents_that_cannot_be_rules() {
    let log = "title: t\nlogsource: { product: aws }\n";
    let plain = "detection: { s: { a: b }, condition: s }\n";
    for (text, expected) in [
        (
            format!("action: global\n{log}"),
            "t.yml:1: action: `action: global`",
        ),
        (
            format!("logsource: {{ product: aws }}\n{plain}"),
            "t.yml:1: title: the title is missing",
        ),
        (
            format!("title: t\n{plain}"),
            "t.yml:1: logsource: product, service or category",
        ),
        (
            format!("title: t\nlogsource: aws\n{plain}"),
            "t.yml:2: logsource: a map is expected",
        ),
        (
            log.to_owned(),
            "t.yml:1: neither detection, correlation nor filter",
        ),
        (
            format!("{log}{plain}filter: {{}}\n"),
            "t.yml:4: filter: a document has either detection or filter",
        ),
        (
            format!("{log}detection:\n"),
            "t.yml:3: detection: the detection is empty",
        ),
        (
            format!("{log}detection:\n  s: {{ a: b }}\n"),
            "t.yml:3: detection.condition: the condition is missing",
        ),
        (
            format!("{log}detection:\n  s:\n  condition: s\n"),
            "t.yml:4: detection.s: the selection is empty",
        ),
        (
            format!("{log}detection:\n  s: {{ a: b }}\n  condition: t\n"),
            "t.yml:5: detection.condition: there is no selection \"t\"",
        ),
        (
            format!("{log}detection:\n  s: {{ a: b }}\n  condition: s | count() by x > 3\n"),
            "t.yml:5: detection.condition: aggregations such as",
        ),
        (
            format!("{log}detection:\n  s: {{ a: b }}\n  condition: [s, [s]]\n"),
            "t.yml:5: detection.condition: a condition is text",
        ),
        (
            format!("{log}level: huge\n{plain}"),
            "t.yml:3: level: unknown severity \"huge\"",
        ),
        (
            format!("{log}status: stabel\n{plain}"),
            "t.yml:3: status: unknown status \"stabel\", did you mean stable?",
        ),
        (
            format!("{log}tags: {{ a: b }}\n{plain}"),
            "t.yml:3: tags: a text or a list",
        ),
        (
            format!("{log}{plain}ctadel: {{ triag: [x] }}\n"),
            "t.yml:4: ctadel.triag: unknown key, did you mean triage?",
        ),
        (
            format!("{log}{plain}ctadel:\n  denied: maybe\n"),
            "t.yml:5: ctadel.denied: denied is keep or drop",
        ),
        (
            format!("{log}{plain}ctadel:\n  optional: [x]\n"),
            "t.yml:5: ctadel.optional: only a correlation",
        ),
        (
            format!("{log}{plain}ctadel:\n  filters: [nowhere]\n"),
            "t.yml:5: ctadel.filters: there is no filter \"nowhere\"",
        ),
        (
            format!("{log}{plain}ctadel:\n  levels:\n    - {{ if: s, level: loud }}\n"),
            "t.yml:6: ctadel.levels.0.level: unknown severity",
        ),
        (
            format!("{log}{plain}ctadel:\n  levels:\n    - if: u\n      level: low\n"),
            "t.yml:6: ctadel.levels.0.if: there is no selection \"u\"",
        ),
        (
            format!("{log}{plain}ctadel:\n  levels: [{{ when: s }}]\n"),
            "t.yml:5: ctadel.levels.0.when: only if and level",
        ),
        ("- a\n- b\n".to_owned(), "t.yml:1: a rule is a map"),
        ("title: [\n".to_owned(), "t.yml:2: not valid YAML: "),
        (
            "title: a\ntitle: b\n".to_owned(),
            "t.yml:1: not valid YAML: the key \"title\" stands there twice",
        ),
        (
            format!("{log}{plain}---\ntitle: 'x\n"),
            "t.yml:6: not valid YAML: found unexpected end of stream",
        ),
    ] {
        let found = messages(&text);
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{text}\n{found:?}"
        );
    }
}

#[test]
fn correlations_that_cannot_work() {
    let body = |inner: &str| {
        format!(
            "{}---\ntitle: c\nname: c\ncorrelation:\n{inner}\n",
            named("a")
        )
    };
    let rest = "  rules: [a]\n  timespan: 5m\n";
    for (inner, expected) in [
        (
            "  rules: [a]\n  timespan: 5m".to_owned(),
            "t.yml:8: correlation.type: the type is missing",
        ),
        (
            format!("  type: event_cont\n{rest}"),
            "t.yml:9: correlation.type: unknown type \"event_cont\", did you mean event_count?",
        ),
        (
            format!("  type: event_count\n{rest}"),
            "t.yml:8: correlation.condition: event_count needs a condition",
        ),
        (
            format!("  type: event_count\n{rest}  condition: {{ field: x }}"),
            "t.yml:12: correlation.condition.field: event_count has no field",
        ),
        (
            format!("  type: event_count\n{rest}  condition: {{}}"),
            "t.yml:12: correlation.condition: one of gt",
        ),
        (
            format!("  type: event_count\n{rest}  condition: {{ gte: x }}"),
            "t.yml:12: correlation.condition.gte: a number",
        ),
        (
            format!("  type: event_count\n{rest}  condition: {{ gtee: 1 }}"),
            "t.yml:12: correlation.condition.gtee: unknown key, did you mean gte?",
        ),
        (
            format!("  type: event_count\n{rest}  condition: a"),
            "t.yml:12: correlation.condition: a condition in words",
        ),
        (
            format!("  type: value_count\n{rest}  condition: {{ gte: 2 }}"),
            "t.yml:12: correlation.condition.field: value_count needs the field",
        ),
        (
            format!("  type: value_sum\n{rest}  condition: {{ gte: 2, field: [x, y] }}"),
            "t.yml:12: correlation.condition.field: value_sum looks at one",
        ),
        (
            format!("  type: value_percentile\n{rest}  condition: {{ gte: 2, field: x }}"),
            "t.yml:12: correlation.condition.percentile: value_percentile needs",
        ),
        (
            "  type: temporal\n  rules: [a]".to_owned(),
            "t.yml:8: correlation.timespan: the timespan is missing",
        ),
        (
            "  type: temporal\n  rules: [a]\n  timespan: 5min".to_owned(),
            "t.yml:11: correlation.timespan: \"5min\" is no timespan",
        ),
        (
            "  type: temporal\n  timespan: 5m".to_owned(),
            "t.yml:8: correlation.rules: the rules it looks at",
        ),
        (
            "  type: temporal\n  rules: [aa]\n  timespan: 5m".to_owned(),
            "t.yml:10: correlation.rules: there is no rule \"aa\", did you mean a?",
        ),
        (
            "  type: temporal\n  rules: [a, T a]\n  timespan: 5m".to_owned(),
            "t.yml:10: correlation.rules: \"T a\" is named twice",
        ),
        (
            "  type: temporal\n  rules: [a, c]\n  timespan: 5m".to_owned(),
            "t.yml:10: correlation.rules: correlations in a circle: c → c",
        ),
        (
            format!("  type: temporal\n{rest}  group_by: [x]"),
            "t.yml:12: correlation.group_by: unknown key, did you mean group-by?",
        ),
        (
            format!("  type: temporal\n{rest}  condition: a and b"),
            "t.yml:12: correlation.condition: there is no member \"b\"",
        ),
        (
            format!("  type: temporal\n{rest}  group-by: [u]\n  aliases: {{ u: {{ b: x }} }}"),
            "t.yml:13: correlation.aliases.u.b: this is no member",
        ),
        (
            format!("  type: temporal\n{rest}  group-by: [u]\n  aliases:\n    u: {{}}"),
            "t.yml:14: correlation.aliases.u: no field for the member \"a\"",
        ),
        (
            format!("  type: temporal\n{rest}  aliases:\n    u: {{ a: x }}"),
            "t.yml:13: correlation.aliases.u: group-by does not use",
        ),
        (
            format!("  type: temporal\n{rest}  generate: perhaps"),
            "t.yml:12: correlation.generate: true or false",
        ),
        (
            format!("  type: temporal\n{rest}ctadel: {{ filters: [x] }}"),
            "t.yml:12: ctadel.filters: a correlation has no events",
        ),
        (
            format!("  type: temporal\n{rest}ctadel: {{ optional: [x] }}"),
            "t.yml:12: ctadel.optional: there is no rule \"x\"",
        ),
    ] {
        let found = messages(&body(&inner));
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{inner}\n{found:?}"
        );
    }
}

#[test]
fn every_broken_document_is_reported_at_once() {
    let bad = with_selection("    f|nonsense: x");
    let found = messages(&format!("{bad}---\n{}---\n{bad}", named("good")));
    let lines: Vec<&str> = found
        .iter()
        .map(|text| text.split(": ").next().unwrap())
        .collect();
    assert_eq!(lines, ["t.yml:5", "t.yml:17"]);
}

#[test]
fn one_name_twice_in_a_file_is_a_mistake() {
    let found = messages(&format!("{}---\n{}", named("a"), named("a")));
    assert_eq!(
        found,
        ["t.yml:7: name: another document of this file has the same name"]
    );
}
