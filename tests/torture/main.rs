//! `script/torture mail [--kills N] [--mails M] [--servers S]`.

mod mail;
mod sink;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: usize| {
        let at = arguments.iter().position(|a| a == name);
        at.map_or(default, |at| {
            let value = arguments.get(at + 1).and_then(|v| v.parse().ok());
            value.unwrap_or_else(|| panic!("{name} needs a number"))
        })
    };
    if arguments.first().map(String::as_str) != Some("mail") {
        println!("script/torture mail [--kills N] [--mails M] [--servers S]");
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let database = std::env::var("KAIRAN_TEST_DATABASE").ok().filter(|url| !url.is_empty());
    let trial = mail::Trial {
        program: || {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kairan"));
            command.env_clear().env("PATH", "/usr/bin:/bin");
            command
        },
        kills: number("--kills", 200),
        mails: number("--mails", 10_000),
        servers: number("--servers", 1),
        database,
    };
    let most = trial.kills * mail::CONNECTIONS;
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcome = runtime.block_on(mail::torture(trial, dir.path()));
    println!("{} of the kills fell while mails went out", outcome.amid);
    println!("{outcome}");
    let good = outcome.lost == 0 && outcome.doubled == 0 && outcome.ambiguous <= most;
    std::process::exit(i32::from(!good));
}
