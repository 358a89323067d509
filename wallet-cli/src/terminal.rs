use std::io;

use zeroize::Zeroizing;

/// Where a command speaks and listens: the port that a test replaces by a script.
pub trait Terminal {
    /// Whether a person is there who can be asked.
    fn is_interactive(&self) -> bool;

    /// Whether what is said to the person may have colours.
    fn has_colours(&self) -> bool;

    /// Writes data.
    ///
    /// # Errors
    /// When nobody takes it.
    fn write(&mut self, data: &[u8]) -> io::Result<()>;

    /// Says something to the person; when nobody listens, that is no reason to stop.
    fn say(&mut self, text: &str);

    /// Asks a question to which no is the answer unless the person says yes.
    ///
    /// # Errors
    /// When the person cannot be asked, or breaks off.
    fn confirm(&mut self, question: &str) -> io::Result<bool>;

    /// Asks for a line of text.
    ///
    /// # Errors
    /// As [`Terminal::confirm`].
    fn ask(&mut self, prompt: &str) -> io::Result<Zeroizing<String>>;

    /// Asks for a line of text that does not show while it is typed.
    ///
    /// # Errors
    /// As [`Terminal::confirm`].
    fn ask_secret(&mut self, prompt: &str) -> io::Result<Zeroizing<String>>;

    /// Reads the next line of standard input without asking; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read, is too long or is not text.
    fn next_line(&mut self) -> io::Result<Option<Zeroizing<String>>>;

    /// Shows that something is being done, until the guard is dropped.
    fn progress(&mut self, text: &str) -> Progress;
}

/// Ends the sign of progress when it is dropped.
pub struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    /// Shows nothing.
    #[must_use]
    pub const fn hidden() -> Self {
        Self(None)
    }

    pub(crate) const fn shown(bar: indicatif::ProgressBar) -> Self {
        Self(Some(bar))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
