//! A scan of a tree against `gzip -dc` of the same files: ratios, which hold on any machine.
//!
//! Enters the tree of `CTADEL_BENCH_TREE` (else copies of the sample) and the rule folders of
//! `CTADEL_BENCH_RULES`; leave CPU time by gzip's, two threads by one, the whole tree by half of
//! it, all rules by fifty, and the peak of memory; also that of one large file, as it lies and on
//! standard input, where `CTADEL_BENCH_BIG` names one.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Copies of the sample where no tree is given.
const COPIES: usize = 40;
/// Rounds; they alternate, and the middle one of each kind counts.
const ROUNDS: usize = 3;

/// What one run took.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// Processor time in ticks of the kernel's clock.
    cpu: u64,
    wall: Duration,
    /// Kilobytes.
    peak: u64,
}

fn main() {
    // `cargo test --benches` asks only whether it runs.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let room = tempfile::tempdir().expect("a temporary folder");
    let tree = match std::env::var_os("CTADEL_BENCH_TREE") {
        Some(tree) => PathBuf::from(tree),
        None => copies(room.path()),
    };
    let files = support::files(&tree, "gz");
    let half = &files[..files.len() / 2];
    let rules = std::env::var("CTADEL_BENCH_RULES").unwrap_or_default();
    let few = few(&rules, &room.path().join("few"));
    let mut costs: [Vec<Cost>; 5] = Default::default();
    let whole = [tree.clone()];
    for _ in 0..ROUNDS {
        let mut commands = [
            Command::new("gzip"),
            scan(&whole, &rules, 1),
            scan(&whole, &rules, 2),
            scan(half, &rules, 1),
            scan(&whole, &few, 1),
        ];
        commands[0].arg("-dc").args(&files);
        commands[4].arg("--no-builtin-rules");
        for (costs, command) in costs.iter_mut().zip(&mut commands) {
            costs.push(run(command));
        }
    }
    let [gzip, one, two, half, few] = costs.map(middle);
    let walls = two.wall.as_secs_f64() / one.wall.as_secs_f64();
    println!("files               {}", files.len());
    println!("cpu, scan : gzip    {:.2}", ratio(one.cpu, gzip.cpu));
    println!("wall, 2 : 1 threads {walls:.2}");
    println!("cpu, tree : half    {:.2}", ratio(one.cpu, half.cpu));
    println!("cpu, all : 50 rules {:.2}", ratio(one.cpu, few.cpu));
    println!("peak, 1 thread      {} MiB", one.peak / 1024);
    println!("peak, 2 threads     {} MiB", two.peak / 1024);
    if let Some(big) = std::env::var_os("CTADEL_BENCH_BIG") {
        let file = run(&mut scan(&[PathBuf::from(&big)], &rules, 2));
        println!("peak, large file    {} MiB", file.peak / 1024);
        let mut piped = scan(&[PathBuf::from("-")], &rules, 2);
        piped.stdin(std::fs::File::open(big).expect("the large file"));
        println!("peak, from stdin    {} MiB", run(&mut piped).peak / 1024);
    }
}

/// A folder of fifty of the rules, or of the built-in ones where there are no others.
fn few(rules: &str, room: &Path) -> String {
    let folders = match rules {
        "" => concat!(env!("CARGO_MANIFEST_DIR"), "/rules/aws"),
        folders => folders,
    };
    let folders = folders.split_whitespace().map(Path::new);
    let files = folders.flat_map(|folder| support::files(folder, "yml"));
    std::fs::create_dir_all(room).expect("a new folder");
    for (number, file) in files.take(50).enumerate() {
        std::fs::copy(file, room.join(format!("{number}.yml"))).expect("room for a rule");
    }
    room.display().to_string()
}

fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b.max(1) as f64
}

/// The middle of each figure by itself.
fn middle(costs: Vec<Cost>) -> Cost {
    fn of<T: Ord + Copy>(mut list: Vec<T>) -> T {
        list.sort();
        list[list.len() / 2]
    }
    Cost {
        cpu: of(costs.iter().map(|cost| cost.cpu).collect()),
        wall: of(costs.iter().map(|cost| cost.wall).collect()),
        peak: of(costs.iter().map(|cost| cost.peak).collect()),
    }
}

fn scan(inputs: &[PathBuf], rules: &str, threads: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ctadel"));
    command.args(["scan", "--min-severity", "high", "--format", "jsonl"]);
    command.args(["--quiet", "--threads", &threads.to_string()]);
    for folder in rules.split_whitespace() {
        command.args(["--rules", folder]);
    }
    command.args(inputs);
    command
}

fn run(command: &mut Command) -> Cost {
    let (before, start) = (ticks(), Instant::now());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("the command starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("the command is ours").is_none() {
        peak = peak.max(high_water(&status).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(5));
    }
    Cost {
        cpu: ticks() - before,
        wall: start.elapsed(),
        peak,
    }
}

/// Processor time of all children that have ended.
fn ticks() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is a name in parentheses and may hold anything.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let children = fields.split_whitespace().skip(13).take(2);
    children.filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A tree of copies of the sample, each under its own ids.
fn copies(room: &Path) -> PathBuf {
    use std::io::Write;
    for (number, text) in support::texts().iter().enumerate() {
        for copy in 0..COPIES {
            let path = room.join(format!("{number:03}-{copy:03}.json.gz"));
            let file = std::fs::File::create(path).expect("a new file");
            let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::new(6));
            let text = support::renamed(text, copy);
            packed.write_all(&text).expect("room for a copy");
            packed.finish().expect("room for its end");
        }
    }
    room.to_path_buf()
}
