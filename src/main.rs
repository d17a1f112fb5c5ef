//! Reads the command line and starts what it names.

/// A profile of answering showed a fifth of the time in the C library's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::{Args, Parser, Subcommand};
use kairan::app::{App, DEFAULT_ORG, Parts};
use kairan::clock::{Clock, Random};
use kairan::config::{Config, Flag};
use kairan::content::Content;
use kairan::db::Db;
use kairan::directory;
use kairan::files::Files;
use kairan::jobs::Wake;
use kairan::mail::Transport;
use kairan::secret::Secret;
use kairan::typeset::Typesetter;
use kairan::web::i18n::{Locale, counted};
use kairan::{circulation, routes};
use std::path::PathBuf;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

/// Carries a security alert through a whole supply chain and sees it acted upon.
#[derive(Parser)]
#[command(version)]
struct Line {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Settings {
    /// A configuration file; all settings are explained in config.default.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory: database, outbox, secret, your own content.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// Where pages are served, e.g. 127.0.0.1:8480.
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The address that people see, e.g. https://kairan.example.co.jp.
    #[arg(long, global = true, value_name = "URL")]
    base_url: Option<String>,
    /// postgres://… instead of SQLite in the data directory.
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the pages and does the jobs.
    Serve,
    /// Serves a fictitious supply chain from a temporary directory, on this machine only, with a link to look at it.
    Demo {
        /// How many companies; with a million it is a load test.
        #[arg(long, default_value_t = kairan::demo::COMPANIES, value_parser = clap::value_parser!(u64).range(40..=5_000_000))]
        companies: u64,
    },
    /// Makes PDFs for the server that started it: orders on standard input, documents on standard output.
    #[command(hide = true)]
    Typeset,
    /// Advisories, checklists and letters.
    #[command(subcommand)]
    Content(ContentCommand),
    /// Companies and the people to reach there.
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// What comes back: bounces and replies.
    #[command(subcommand)]
    Inbox(InboxCommand),
    /// Campaigns: create from a file, send, see, put right, export, close.
    Campaign {
        #[command(subcommand)]
        command: CampaignCommand,
        /// Print one JSON object.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Copies everything that must not be lost into a new folder, while the server runs: the database, kept files, your own
    /// content, the outbox, the server's secret, kairan.toml. On PostgreSQL everything but the database, whose command it
    /// prints.
    Backup {
        /// A folder that isn't there yet, or is empty.
        dest: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Puts what `kairan backup` made into a new or empty data directory, after checking that it is whole and undamaged.
    Restore {
        /// The folder that `kairan backup` made.
        src: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum CampaignCommand {
    /// Makes a draft from a TOML file; prints its number, what is missing and what sending would do.
    Create { file: PathBuf },
    /// Sends a draft. A running `kairan serve` makes the invitations and sends the mails, or this command with --wait.
    Send {
        number: String,
        #[arg(long)]
        wait: bool,
    },
    /// Where a campaign stands, or all of them.
    Status { number: Option<String> },
    /// Counts from scratch, from the events and the submitted answers, and compares with the board. Exit code 3 if they
    /// differ. Nobody can answer while it counts.
    Check {
        number: Option<String>,
        /// Put right what differs.
        #[arg(long)]
        mend: bool,
    },
    /// Closes a running campaign: no answers any more.
    Close { number: String },
    /// Opens a closed campaign again: answers are taken, and reminders go on. What closing cancelled stays so.
    Reopen { number: String },
    /// Moves the deadline of a running campaign, in its own time zone, such as 2026-12-10T17:00.
    Deadline {
        number: String,
        when: String,
        /// Tell those who haven't answered by mail.
        #[arg(long)]
        notify: bool,
    },
    /// Adds companies to a running campaign, by their codes.
    Add {
        number: String,
        #[arg(required = true)]
        codes: Vec<String>,
    },
    /// Sends the request again to all who haven't opened it. A running `kairan serve` sends the mails.
    Resend { number: String },
    /// Writes companies, states and answers into a file: CSV if its name ends so, else XLSX.
    Export {
        number: String,
        file: PathBuf,
        #[arg(long, default_value = "ja")]
        language: String,
    },
}

#[derive(Subcommand)]
enum DirectoryCommand {
    /// Imports a list of companies from an XLSX or CSV file. A company that is known is updated; importing the same file
    /// again changes nothing. Exit code 0: the good rows went in; 2: the file can't be read at all.
    Import {
        file: PathBuf,
        /// What companies are whose row doesn't tell it: supplier or group.
        #[arg(long, default_value = "supplier", value_name = "KIND", value_parser = ["supplier", "group"])]
        kind: String,
        /// The sheet; without it, the one in which the most columns are recognised.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// Takes rows and columns that the file hides, too. Without it they are left out.
        #[arg(long)]
        hidden: bool,
        /// Tells what would happen and writes nothing.
        #[arg(long)]
        dry_run: bool,
        /// Prints one JSON object. Its "notices" tell what to look at in what was taken, each with row, column, value and
        /// what: address-left-out, another-address, another-list, bad-address, corporate-number, date, ditto, ditto-and-more,
        /// ditto-of-nothing, e-notation, format, hidden, hidden-by-format, hidden-taken, lost-character, misplaced-address,
        /// more-cells, name-ambiguous, name-differs, no-address, number-same, open-quote, other-separator, parent-unknown,
        /// postal-code, private-use, replaced-character, unknown. docs/lists.md says what each means.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum InboxCommand {
    /// Tells what Kairan makes of messages: whose it is that a mail came back, and what told it. Each file is one message or
    /// an mbox; nothing is kept. Exit code 2: a file can't be read; the others are told of all the same.
    Explain {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Prints one JSON array.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum ContentCommand {
    /// Checks what ships and your own content, and warns about words that don't belong into a letter.
    Check,
}

fn main() -> ExitCode {
    start(Clock::System)
}

/// The whole program by this clock.
pub fn start(clock: Clock) -> ExitCode {
    kairan::data_dir::make_private_from_now_on();
    match run(Line::parse(), clock) {
        Ok(code) => code,
        Err(e) => {
            eprintln!("kairan: {e:#}");
            ExitCode::from(1)
        }
    }
}

fn run(line: Line, clock: Clock) -> anyhow::Result<ExitCode> {
    if let Command::Typeset = line.command {
        return Ok(kairan::typeset::serve());
    }
    let environment = std::env::vars();
    let mut config = Config::load(line.settings.config.as_deref(), environment, &flags(&line.settings))?;
    config.clock = clock;
    start_log(&config)?;
    // A commit to SQLite waits for the disk on its worker: the others go on.
    let workers = std::thread::available_parallelism().map_or(2, usize::from) + 2;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        match line.command {
            Command::Typeset => Ok(kairan::typeset::serve()),
            Command::Serve => serve(config).await,
            Command::Demo { companies } => demo(config, companies).await,
            Command::Backup { dest, json } => backup(config, &dest, json).await,
            Command::Restore { src, json } => restore(&config, &src, json),
            Command::Campaign { command, json } => campaign(config, command, json).await,
            Command::Inbox(InboxCommand::Explain { files, json }) => {
                kairan::inbox::command::explain(&config, &files, json).await
            }
            Command::Content(ContentCommand::Check) => Ok(check_content(&config)),
            Command::Directory(DirectoryCommand::Import {
                file,
                kind,
                sheet,
                hidden,
                dry_run,
                json,
            }) => {
                let kind = directory::Kind::parse(&kind).unwrap_or(directory::Kind::Supplier);
                let chosen = directory::import::Chosen {
                    kind,
                    sheet,
                    hidden,
                    ..Default::default()
                };
                directory::command::import(&open(config).await?, &file, &chosen, dry_run, json).await
            }
        }
    });
    // What blocks a thread, such as a file system that is gone, doesn't keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome
}

fn flags(settings: &Settings) -> Vec<Flag> {
    let all = [
        ("data.dir", &settings.data),
        ("server.listen", &settings.listen),
        ("server.base_url", &settings.base_url),
        ("database.url", &settings.database),
    ];
    all.into_iter()
        .filter_map(|(key, value)| Some((key, value.clone()?)))
        .collect()
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level)?;
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A line that can't be written, as on a full disk or to a terminal that is gone, is lost; saying so would fail too,
        // and end the thread.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .with_ansi(colours);
    match config.log.format.as_str() {
        "json" => log.json().init(),
        "text" => log.init(),
        other => anyhow::bail!("`log.format` is text or json, not {other}."),
    }
    Ok(())
}

async fn open(config: Config) -> anyhow::Result<App> {
    let dir = config.data.dir.clone();
    kairan::data_dir::prepare(&dir)?;
    let clock = config.clock.clone();
    let random = Random::default();
    let secret = Secret::load(&config.secret.key, &dir, &random)?;
    let db = match config.database.url.is_empty() {
        true if config.demo => Db::sqlite_scratch(&dir.join("kairan.db"))?,
        true => Db::sqlite(&dir.join("kairan.db"))?,
        false => Db::postgres(&config.database.url, config.database.connections).await?,
    };
    let applied = db.migrate(clock.now()).await?;
    if !applied.is_empty() {
        tracing::info!(?applied, "The database schema was brought up to date.");
    }
    let content = Content::load(Some(&dir.join("content")), &languages())?;
    let local = ["//127.", "//localhost", "//[::1]"]
        .iter()
        .any(|l| config.server.base_url.contains(l));
    if local && !config.mail.smtp_url.is_empty() {
        tracing::warn!(
            base_url = config.server.base_url,
            "Mails go out with links that work on this machine only: set server.base_url."
        );
    }
    let dkim = config.dkim()?.map(std::sync::Arc::new);
    let smime = config.smime(clock.now())?.map(std::sync::Arc::new);
    if let Some(smime) = &smime {
        tracing::info!(until = %smime.until(), "Mails are signed with the certificate of mail.smime_p12.");
    }
    let mail = Transport::new(&config.mail.smtp_url, &config.mail.ca_file, &dir)?;
    let app = App::new(Parts {
        config,
        db,
        clock,
        random,
        secret,
        content,
        mail,
        dkim,
        smime,
        jobs: Wake::default(),
        // Looked up now: an upgrade may put another program in its place.
        typesetter: Typesetter::new(std::env::current_exe()?),
        files: Files::new(&dir),
    });
    kairan::app::ensure_organisation(&app, DEFAULT_ORG).await?;
    match kairan::invitations::keep_in_order(&app, app.scope()).await {
        Ok(_) => {}
        // A server starts and can be read on a full disk; the next start sorts.
        Err(e) if e.is_outage() => tracing::warn!(error = %e, "The companies can't be put in their order."),
        Err(e) => return Err(e.into()),
    }
    Ok(app)
}

/// How long all that is in hand may take after the server was asked to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(13);

async fn serve(config: Config) -> anyhow::Result<ExitCode> {
    let stop = CancellationToken::new();
    let signals = Signals::listen()?;
    let app = open(config).await?;
    tokio::spawn(signals.obey(app.clone(), stop.clone()));
    begin(&app, &stop).await?;
    let listener = listen(&app.config.server.listen).await?;
    run_server(app.clone(), listener, routes::router(app), stop).await
}

/// What is written at each start. On a full disk the server starts without, can be read, and tries again.
async fn begin(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    async fn once(app: &App) -> anyhow::Result<()> {
        routes::announce(app).await?;
        Ok(kairan::inbox::ask(app, app.scope()).await?)
    }
    let Err(e) = once(app).await else { return Ok(()) };
    let outage = |e: &anyhow::Error| e.downcast_ref().is_some_and(kairan::db::Error::is_outage);
    if !outage(&e) {
        return Err(e);
    }
    tracing::error!(error = %e, "Nothing can be written: the server starts to be read only, and tries again.");
    let (app, stop) = (app.clone(), stop.clone());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(std::time::Duration::from_secs(30)) => {}
            }
            match once(&app).await {
                Ok(()) => break,
                Err(e) => tracing::warn!(error = %e, "Nothing can be written yet."),
            }
        }
    });
    Ok(())
}

async fn listen(address: &str) -> anyhow::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind(address)
        .await
        .map_err(|e| anyhow::anyhow!("{address} can't be listened on ({e}). Choose another with --listen."))
}

/// Makes the chain in a directory that goes when the server ends, and serves it.
async fn demo(mut config: Config, companies: u64) -> anyhow::Result<ExitCode> {
    let dir = tempfile::Builder::new().prefix("kairan-demo-").tempdir()?;
    config.data.dir = dir.path().to_owned();
    config.database.url = String::new();
    config.mail.smtp_url = String::new();
    config.mail.mailbox_url = Default::default();
    config.organisation.name = kairan::demo::ORGANISATION.to_owned();
    config.demo = true;
    let listener = match listen(&config.server.listen).await {
        Ok(listener) => listener,
        // A server of one's own may run there.
        Err(_) => listen("127.0.0.1:0").await?,
    };
    let address = listener.local_addr()?;
    anyhow::ensure!(
        address.ip().is_loopback(),
        "A demonstration lets everybody in, so it listens on this machine only: --listen 127.0.0.1:8480."
    );
    config.server.base_url = format!("http://{address}");
    let app = open(config).await?;
    let begun = std::time::Instant::now();
    let demo = kairan::demo::make(&app, companies, |said| {
        println!("[{:>4.1} s] {said}", begun.elapsed().as_secs_f64());
    })
    .await?;
    println!(
        "Everything in it is fictitious, lies in {} and goes when you press Ctrl+C.\n\n\
         Sign in as an operator:\n  {}\n\nAnswer as a company:\n  {}\n",
        dir.path().display(),
        app.url(&demo.operator),
        app.url(&demo.respondent)
    );
    let router = routes::router(app.clone()).merge(kairan::demo::router(&app, &demo));
    let stop = CancellationToken::new();
    tokio::spawn(Signals::listen()?.obey(app.clone(), stop.clone()));
    let life = tokio::spawn(kairan::demo::go_on(app.clone(), demo, stop.clone()));
    let code = run_server(app, listener, router, stop).await;
    life.await?;
    code
}

async fn run_server(
    app: App,
    listener: tokio::net::TcpListener,
    router: axum::Router,
    stop: CancellationToken,
) -> anyhow::Result<ExitCode> {
    let files = kairan::serve::raise_file_limit();
    let limits = kairan::serve::limits(&app, files);
    let metrics = routes::start_metrics(&app, stop.clone()).await?;
    let workers = routes::start_jobs(&app, stop.clone());
    tracing::info!(
        address = %listener.local_addr()?,
        database = %app.db.version().await?,
        connections = limits.connections,
        "Kairan serves."
    );
    let serving = tokio::spawn(kairan::serve::serve(listener, router, limits, stop.clone()));
    let ended = async {
        let _ = serving.await;
        for task in workers.into_iter().chain(metrics) {
            let _ = task.await;
        }
    };
    tokio::select! {
        () = ended => tracing::info!("Kairan has stopped."),
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => tracing::warn!(
            "Kairan stops although not all work has come to an end. What was broken off is taken up at the next start."
        ),
    }
    stop.cancel();
    Ok(ExitCode::SUCCESS)
}

/// What the system tells a server. Listened for from the first moment on, so that none of it ends the server by default.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    too_large: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            // SIGXFSZ: a file reached the size that this process may write. The write fails, as on a full disk.
            too_large: signal(SignalKind::from_raw(25))?,
        })
    }

    /// SIGTERM and Ctrl-C stop the server, with requests and jobs in hand finished; SIGHUP doesn't.
    async fn obey(mut self, app: App, stop: CancellationToken) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => break,
                _ = tokio::signal::ctrl_c() => break,
                _ = self.hang_up.recv() => tracing::info!(
                    "SIGHUP: there is nothing to reload. The log goes to standard error, and settings are read at the start. \
                     The server goes on."
                ),
                _ = self.too_large.recv() => {}
            }
        }
        // Long jobs and live pages let go.
        app.jobs.stop();
        stop.cancel();
    }
}

async fn campaign(config: Config, command: CampaignCommand, json: bool) -> anyhow::Result<ExitCode> {
    let app = open(config).await?;
    let mut code = ExitCode::SUCCESS;
    let said = match command {
        CampaignCommand::Create { file } => circulation::command::create(&app, &file).await?,
        CampaignCommand::Send { number, wait } => circulation::command::send(&app, &number, wait).await?,
        CampaignCommand::Status { number } => circulation::command::status(&app, number.as_deref()).await?,
        CampaignCommand::Check { number, mend } => {
            let said = circulation::command::check(&app, number.as_deref(), mend).await?;
            let differs = said["campaigns"]
                .as_array()
                .is_some_and(|all| all.iter().any(|c| c["agrees"] == false));
            code = ExitCode::from(if differs { 3 } else { 0 });
            said
        }
        CampaignCommand::Close { number } => circulation::command::close(&app, &number).await?,
        CampaignCommand::Reopen { number } => circulation::command::reopen(&app, &number).await?,
        CampaignCommand::Deadline { number, when, notify } => {
            circulation::command::move_deadline(&app, &number, &when, notify).await?
        }
        CampaignCommand::Add { number, codes } => circulation::command::add(&app, &number, &codes).await?,
        CampaignCommand::Resend { number } => circulation::command::resend(&app, &number).await?,
        CampaignCommand::Export { number, file, language } => {
            circulation::command::export(&app, &number, &file, &language).await?
        }
    };
    match json {
        true => println!("{said}"),
        false => print!("{}", toml::to_string_pretty(&without_nulls(said))?),
    }
    Ok(code)
}

/// Copies what must not be lost; the server may run.
async fn backup(config: Config, dest: &std::path::Path, json: bool) -> anyhow::Result<ExitCode> {
    let migrations = match config.database.url.is_empty() {
        true => Vec::new(),
        false => Db::postgres(&config.database.url, 1).await?.migrations().await?,
    };
    let made = kairan::backup::make(&config, dest, migrations, Clock::System.now())?;
    for path in &made.passed_over {
        eprintln!(
            "{} is neither a file nor a folder of its own: it is not in the copy.",
            path.display()
        );
    }
    let bytes: u64 = made.manifest.files.values().map(|file| file.bytes).sum();
    if json {
        let said = serde_json::json!({
            "place": made.place,
            "begun_at": made.manifest.begun_at,
            "engine": made.manifest.engine,
            "files": made.manifest.files.len(),
            "bytes": bytes,
            "dump": made.manifest.dump,
            "elsewhere": made.manifest.elsewhere,
            "secret_in_settings": made.manifest.secret_in_settings,
        });
        println!("{said}");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "The copy in {} is whole: {}, {} kB, as of {}.\nWho reads it reads every answer: guard it as you guard the server. \
         Put it back with `kairan restore {} --data DIR`.",
        made.place.display(),
        counted(made.manifest.files.len(), "file", "files"),
        bytes.div_ceil(1000),
        made.manifest.begun_at,
        made.place.display(),
    );
    for path in &made.manifest.elsewhere {
        println!("{path} lies outside of the data directory and is not in the copy: keep it with it.");
    }
    if made.manifest.secret_in_settings {
        println!(
            "The server's secret is a setting, `secret.key`, and is not in the copy. Without it every link is dead: keep it."
        );
    }
    if let Some(dump) = &made.manifest.dump {
        println!(
            "The database is on PostgreSQL and is not in the copy. Dump it before the files are copied, because what its rows name \
             was written before them:\n\n  {dump}\n\nIf you haven't yet, do so now and run this command once more."
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts a copy into a new or empty data directory.
fn restore(config: &Config, src: &std::path::Path, json: bool) -> anyhow::Result<ExitCode> {
    let done = kairan::backup::restore(config, src)?;
    let dir = &config.data.dir;
    if json {
        let said = serde_json::json!({
            "place": dir,
            "begun_at": done.manifest.begun_at,
            "kairan": done.manifest.kairan,
            "engine": done.manifest.engine,
            "files": done.manifest.files.len(),
            "command": done.command,
            "elsewhere": done.manifest.elsewhere,
            "secret_in_settings": done.manifest.secret_in_settings,
        });
        println!("{said}");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} holds what was there at {}: {}, undamaged.\nEmails that were to be sent then are sent when the server starts, also \
         those that went out after the copy was made.",
        dir.display(),
        done.manifest.begun_at,
        counted(done.manifest.files.len(), "file", "files"),
    );
    for path in &done.manifest.elsewhere {
        println!("{path} was outside of the data directory and so was not in the copy: put it back, too.");
    }
    if done.manifest.secret_in_settings {
        println!("The server's secret was a setting: set `secret.key` to the same, or every link is dead.");
    }
    if let Some(command) = &done.command {
        println!(
            "Put the dump of the database that was made before the copy into an empty one, if you haven't yet:\n\n  {command}"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// TOML, which people read more easily than JSON, has no null.
fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| (k, without_nulls(v)))
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.into_iter().filter(|v| !v.is_null()).map(without_nulls).collect()),
        other => other,
    }
}

/// Content must be whole in every language that pages have words for.
fn languages() -> Vec<&'static str> {
    Locale::all().map(Locale::as_str).collect()
}

/// Prints every problem (exit code 1) and every warning.
fn check_content(config: &Config) -> ExitCode {
    match Content::load(Some(&config.data.dir.join("content")), &languages()) {
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::from(1)
        }
        Ok(content) => {
            let warnings = content.lint();
            for warning in &warnings {
                println!("{warning:?}");
            }
            println!(
                "{}, {}, {}, {}: whole in every language; {}.",
                counted(content.advisories().count(), "advisory", "advisories"),
                counted(content.checklists().count(), "checklist", "checklists"),
                counted(content.letters().count(), "letter", "letters"),
                counted(content.notices().count(), "notice", "notices"),
                counted(warnings.len(), "warning", "warnings")
            );
            ExitCode::SUCCESS
        }
    }
}
