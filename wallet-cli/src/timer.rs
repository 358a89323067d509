//! The timer that renews: a systemd user timer, or a line for cron.
//!
//! It wakes every hour or so, and nothing happens until the wallet's own moment of chance has come.

use std::io;
use std::path::{Path, PathBuf};

use host::Access;
use rand_core::Rng as _;

/// Where a person's systemd looks for units.
pub(crate) struct Units {
    folder: PathBuf,
}

impl Units {
    /// The units below a configuration folder, such as `~/.config`.
    pub(crate) fn below(config: &Path) -> Self {
        Self {
            folder: config.join("systemd").join("user"),
        }
    }

    /// Writes service and timer, and has systemd start the timer at every login, as
    /// `systemctl --user enable` would. Returns the timer's path.
    pub(crate) fn install(&self, program: &Path, wallet: &Path) -> io::Result<PathBuf> {
        self.remove()?;
        let wanted = self.folder.join(WANTED);
        std::fs::create_dir_all(&wanted)?;
        let timer = self.folder.join(TIMER);
        for (path, text) in [
            (self.folder.join(SERVICE), service(program, wallet)),
            (timer.clone(), TIMER_UNIT.to_owned()),
        ] {
            host::replace(&path, text.as_bytes(), Access::Public).map_err(io::Error::other)?;
        }
        link(&timer, &wanted.join(TIMER))?;
        Ok(timer)
    }

    /// Removes what [`Self::install`] wrote; tells whether there was anything.
    pub(crate) fn remove(&self) -> io::Result<bool> {
        let mut found = false;
        for file in [
            self.folder.join(WANTED).join(TIMER),
            self.folder.join(TIMER),
            self.folder.join(SERVICE),
        ] {
            match std::fs::remove_file(file) {
                Ok(()) => found = true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// A line for a person's crontab, at a minute of chance in every hour.
pub(crate) fn cron_line(program: &Path, wallet: &Path) -> String {
    let minute = host::system_rng().next_u32() % 60;
    format!(
        "{minute} * * * * {} --dir {} --quiet renew --scheduled",
        shell(program),
        shell(wallet)
    )
}

fn service(program: &Path, wallet: &Path) -> String {
    format!(
        "[Unit]\n\
         Description=Renew net certificates at a moment of chance in each epoch\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         ExecStart={} --dir {} --quiet renew --scheduled\n",
        systemd(program),
        systemd(wallet)
    )
}

/// Quotes a word for systemd (systemd.service(5), "Command lines").
fn systemd(path: &Path) -> String {
    let text = path.display().to_string();
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('%', "%%").replace('$', "$$"))
}

/// Quotes a word for a shell; in a crontab, `%` begins standard input.
fn shell(path: &Path) -> String {
    let text = path.display().to_string().replace('\'', "'\\''");
    format!("'{}'", text.replace('%', "\\%"))
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_to: &Path, _at: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

const SERVICE: &str = "pessoa-renew.service";
const TIMER: &str = "pessoa-renew.timer";
const WANTED: &str = "timers.target.wants";
const TIMER_UNIT: &str = "\
[Unit]
Description=Look every hour whether the moment to renew has come

[Timer]
OnCalendar=hourly
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_and_go_and_come_again() {
        let config = tempfile::tempdir().unwrap();
        let units = Units::below(config.path());
        assert!(!units.remove().unwrap());
        for _ in 0..2 {
            let timer = units
                .install(Path::new("/opt/pes soa"), Path::new("/home/a/100%"))
                .unwrap();
            let folder = timer.parent().unwrap();
            let service = std::fs::read_to_string(folder.join(SERVICE)).unwrap();
            let started = "ExecStart=\"/opt/pes soa\" --dir \"/home/a/100%%\" --quiet renew";
            assert!(service.contains(started), "{service}");
            let enabled = std::fs::read_to_string(folder.join(WANTED).join(TIMER)).unwrap();
            assert!(enabled.contains("RandomizedDelaySec=1h"), "{enabled}");
        }
        assert!(units.remove().unwrap());
        assert!(!units.remove().unwrap());
    }

    #[test]
    fn a_path_stays_one_word_for_cron() {
        let line = cron_line(Path::new("/opt/it's"), Path::new("/home/a b/100%"));
        let (minute, rest) = line.split_once(' ').unwrap();
        assert!(minute.parse::<u8>().unwrap() < 60);
        assert_eq!(
            rest,
            r"* * * * '/opt/it'\''s' --dir '/home/a b/100\%' --quiet renew --scheduled"
        );
    }
}
