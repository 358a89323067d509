//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use catalogue::{Catalogue, Language};
use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};
use host::{CommandError, Kind, Output};

use crate::database::Database;
use crate::drive::Load;
use crate::measure::{MeasureError, Session};
use crate::report::Report;
use crate::role::Role;

/// Runs a command line, the program's name first, and returns how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = match CommandLine::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(usage) => {
            // Nothing is left to say it to if the terminal is gone.
            let _ = usage.print();
            return u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let output = Output::new(Catalogue::new(Language::English), parsed.json);
    match parsed.execute(&output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            error.exit_code()
        }
    }
}

/// The command line's description.
#[must_use]
pub fn command() -> clap::Command {
    CommandLine::command()
}

/// Measures whole issuances and presentations over HTTP against services that it starts itself:
/// flows per core-second, latency and memory, next to the cost of their signatures, their storage
/// and their requests alone.
///
/// It talks to this machine only, and ends within two minutes unless told otherwise.
#[derive(Debug, Parser)]
#[command(name = "pessoa-loadtest", version, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true)]
struct CommandLine {
    /// Which flows; all of them unless given
    #[arg(long, value_enum, value_delimiter = ',')]
    flow: Vec<Which>,
    /// An empty PostgreSQL database to measure on as well; it is left full
    #[arg(
        long,
        value_name = "URL",
        env = "PESSOA_LOADTEST_POSTGRES",
        hide_env_values = true
    )]
    postgres: Option<String>,
    /// Do not measure on SQLite
    #[arg(long, requires = "postgres")]
    no_sqlite: bool,
    /// Connections, each with one flow at a time
    #[arg(long, value_name = "N", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=256))]
    connections: u16,
    /// Cores that a service may use, from the first on; wallets take what is left
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    cores: u16,
    /// Flows in each run; half as many with net certificates
    #[arg(long, value_name = "N", default_value_t = 4000)]
    #[arg(value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    flows: u32,
    /// Seconds after which a run begins no more flows
    #[arg(long, value_name = "N", default_value_t = 6)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=3600))]
    seconds: u16,
    /// Where the services' folders are made: on the kind of disk that is of interest
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print data as JSON
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    again: Option<Again>,
}

#[derive(Debug, Subcommand)]
enum Again {
    /// Be what a service under test is held against; the load test starts it
    #[command(hide = true)]
    As {
        #[command(subcommand)]
        role: Role,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Which {
    /// Issuances of SD-JWT VCs
    Issuance,
    /// Presentations of SD-JWT VCs
    Presentation,
    /// Issuances of net certificates
    NetIssuance,
    /// Presentations of net certificates
    NetPresentation,
}

impl CommandLine {
    fn execute(self, output: &Output) -> Result<(), CommandError> {
        if let Some(Again::As { role }) = self.again {
            return role
                .play()
                .map_err(|error| CommandError::from_error(Kind::Defect, error.as_ref()));
        }
        let report = self
            .measure()
            .map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
        output.data(&report, || report.to_string())
    }

    fn measure(self) -> Result<Report, MeasureError> {
        let load = Load {
            connections: self.connections.into(),
            within: Duration::from_secs(self.seconds.into()),
        };
        let parent = self.dir.unwrap_or_else(std::env::temp_dir);
        let flows = usize::try_from(self.flows).unwrap_or(usize::MAX);
        let session = Session::new(&parent, load, self.cores.into(), flows)?;
        let sqlite = (!self.no_sqlite).then_some(Database::Sqlite);
        let databases = sqlite
            .into_iter()
            .chain(self.postgres.map(Database::Postgres));
        let databases: Vec<Database> = databases.collect();
        // One thread for all wallets: the cores are the service's.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut runs = Vec::new();
        for database in &databases {
            runtime.block_on(database.check())?;
        }
        for flow in Which::value_variants() {
            if !self.flow.is_empty() && !self.flow.contains(flow) {
                continue;
            }
            for database in &databases {
                runs.push(runtime.block_on(async {
                    match flow {
                        Which::Issuance => session.issuance(database).await,
                        Which::Presentation => session.presentation(database).await,
                        Which::NetIssuance => session.net_issuance(database).await,
                        Which::NetPresentation => session.net_presentation(database).await,
                    }
                })?);
            }
        }
        Ok(session.report(runs))
    }
}

const EXAMPLES: &str = "\
Examples:
  pessoa-loadtest                                    all flows, on SQLite
  pessoa-loadtest --postgres postgres://me@localhost/empty
  pessoa-loadtest --flow net-issuance,net-presentation
  pessoa-loadtest --flow presentation --connections 64 --seconds 20
  pessoa-loadtest --dir /var/tmp --json";
