//! What a process has used, as Linux tells it.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A process on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(u32);

impl Process {
    /// The process with this number.
    pub(crate) fn new(id: u32) -> Self {
        Self(id)
    }

    /// The time that all its threads, also those that have ended, spent on a core: in the program
    /// and in the kernel for it.
    ///
    /// # Errors
    /// [`NotLinux`]
    pub(crate) fn cpu(self) -> Result<Duration, NotLinux> {
        let stat = self.read("stat")?;
        // The name, in parentheses, may hold anything; the fields after it are numbers.
        let (_, fields) = stat.rsplit_once(')').ok_or(NotLinux)?;
        let mut fields = fields.split_ascii_whitespace().skip(USER_TIME);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        let (user, system) = (ticks().ok_or(NotLinux)?, ticks().ok_or(NotLinux)?);
        Ok(Duration::from_millis((user + system) * TICK_MILLIS))
    }

    /// The same of this process, to the nanosecond: Linux tells of others in hundredths of a second.
    pub(crate) fn own_cpu() -> Duration {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        let nanos = u64::try_from(time.tv_nsec).unwrap_or_default();
        Duration::from_secs(seconds) + Duration::from_nanos(nanos)
    }

    /// The most memory that it ever held, in bytes.
    ///
    /// # Errors
    /// [`NotLinux`]
    pub(crate) fn peak_memory(self) -> Result<u64, NotLinux> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kibibytes: u64 = kibibytes
            .and_then(|number| number.parse().ok())
            .ok_or(NotLinux)?;
        Ok(kibibytes * 1024)
    }

    fn read(self, file: &str) -> Result<String, NotLinux> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.0)).map_err(|_| NotLinux)
    }
}

/// The machine does not tell in Linux's way, or the process is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read what the service used from /proc: is it still there, and is this Linux?")]
pub(crate) struct NotLinux;

/// Where the time in the program stands behind the name (proc(5): field 14, the name is 2).
const USER_TIME: usize = 11;
/// Linux counts in hundredths of a second for programs, whatever its own tick is.
const TICK_MILLIS: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_seen() {
        let process = Process::new(std::process::id());
        let (before, own) = (process.cpu().unwrap(), Process::own_cpu());
        let mut sum = 0_u64;
        while process.cpu().unwrap() < before + Duration::from_millis(50) {
            sum = (0..100_000).fold(sum, u64::wrapping_add);
        }
        assert_ne!(std::hint::black_box(sum), 1);
        assert!(Process::own_cpu() > own + Duration::from_millis(30));
        assert!(process.peak_memory().unwrap() > 100_000);
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        assert_eq!(Process::new(u32::MAX).cpu(), Err(NotLinux));
    }
}
