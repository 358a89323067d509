//! How a command ends: with data on standard output, or with an error that says what to do next.

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use catalogue::Catalogue;

/// Why a command did not do what it was told, and what to do next.
///
/// A door prints [`CommandError::render`] on standard error and ends with
/// [`CommandError::exit_code`]. Neither the message nor the hint may hold a secret or a claim.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommandError {
    kind: Kind,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
}

impl CommandError {
    /// Says what happened.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
        }
    }

    /// Says what happened in the words of an error, with all its causes.
    #[must_use]
    pub fn from_error(kind: Kind, error: &dyn Error) -> Self {
        Self::new(kind, error.to_string()).because(error.source())
    }

    /// Adds why, with all causes of the cause. One that only repeats what was said is left out.
    #[must_use]
    pub fn because(mut self, cause: Option<&dyn Error>) -> Self {
        let said = self.causes.last().unwrap_or(&self.message);
        let causes = causes(said, cause);
        self.causes.extend(causes);
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.code())
    }

    /// Words the error for a terminal: message, causes, an empty line, hint.
    #[must_use]
    pub fn render(&self, catalogue: &Catalogue) -> String {
        let say = |id, name, text: &str| catalogue.text(id, &[(name, text.into())]);
        let mut lines = vec![say("shared-error", "message", &self.message)];
        for cause in &self.causes {
            lines.push(format!("  {}", say("shared-caused-by", "cause", cause)));
        }
        if let Some(hint) = &self.hint {
            lines.push(String::new());
            lines.push(say("shared-hint", "hint", hint));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// Words a cause and all causes of it, without those that only repeat the end of what was said
/// before.
#[must_use]
pub fn causes(said: &str, mut cause: Option<&dyn Error>) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    while let Some(error) = cause {
        let text = error.to_string();
        let before = causes.last().map_or(said, String::as_str);
        if !before.ends_with(&text) {
            causes.push(text);
        }
        cause = error.source();
    }
    causes
}

/// Who must act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The authors.
    Defect,
    /// The service or wallet on the other side.
    Peer,
    /// Nobody: the person, or a rule that they set, said no.
    Refused,
    /// Whoever typed the command, about how it was written.
    Usage,
    /// Whoever typed the command, about what it was given or where it runs.
    User,
}

impl Kind {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Defect => 70,
            Self::Peer => 3,
            Self::Refused => 4,
            Self::Usage => 2,
            Self::User => 1,
        }
    }
}

/// Runs a command that waits, for the network or a database.
///
/// # Errors
///
/// What the command ends with; a defect when the machine gives no threads to run it on.
pub fn block_on<T>(
    command: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| CommandError::from_error(Kind::Defect, &error))?;
    runtime.block_on(command)
}

/// The locale for messages that the environment asks for (POSIX: `LC_ALL`, `LC_MESSAGES`, `LANG`).
#[must_use]
pub fn locale() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .and_then(|value: OsString| value.into_string().ok())
}

#[cfg(test)]
mod tests {
    use catalogue::Language;

    use super::*;

    #[test]
    fn an_error_says_what_happened_why_and_what_next() {
        let inner = std::io::Error::other("disk full");
        let error = CommandError::new(Kind::User, "cannot write")
            .because(Some(&inner))
            .hint("free some space");
        let english = error.render(&Catalogue::new(Language::English));
        assert_eq!(
            english,
            "error: cannot write\n  caused by: disk full\n\nhint: free some space\n"
        );
        assert_eq!(error.kind().code(), 1);
    }

    #[test]
    fn a_command_may_wait() {
        let waited = block_on(async {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            Ok(7)
        });
        assert_eq!(waited, Ok(7));
        let refused = CommandError::new(Kind::Refused, "no");
        assert_eq!(
            block_on(async { Err::<(), _>(refused.clone()) }),
            Err(refused)
        );
    }

    #[test]
    fn a_cause_that_repeats_is_left_out() {
        let inner = std::io::Error::other("disk full");
        let error = CommandError::new(Kind::User, "disk full").because(Some(&inner));
        let text = error.render(&Catalogue::new(Language::English));
        assert_eq!(text, "error: disk full\n");
    }
}
