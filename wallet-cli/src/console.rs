use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use dialoguer::console::{Term, colors_enabled_stderr, measure_text_width};
use dialoguer::{Input, Password};
use indicatif::{ProgressBar, ProgressStyle};
use zeroize::Zeroizing;

use crate::terminal::{Progress, Terminal};

/// The process's own streams.
#[derive(Debug, Default)]
pub(crate) struct Console;

impl Terminal for Console {
    fn is_interactive(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn has_colours(&self) -> bool {
        io::stderr().is_terminal() && colors_enabled_stderr()
    }

    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(data).and_then(|()| out.flush()) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    fn say(&mut self, text: &str) {
        let width = match Term::stderr().size_checked() {
            Some((_, columns)) => usize::from(columns),
            None => usize::MAX,
        };
        let _ = writeln!(io::stderr(), "{}", wrap(text, width));
    }

    fn confirm(&mut self, question: &str) -> io::Result<bool> {
        // A whole line: a key that was hit by mistake shares nothing, and a person who breaks off
        // keeps a working terminal.
        write!(io::stderr(), "{question} [y/N] ")?;
        let answer = self.next_line()?.unwrap_or_default();
        Ok(YES.contains(&answer.trim().to_lowercase().as_str()))
    }

    fn ask(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        let input = Input::<String>::new().with_prompt(prompt).report(false);
        input
            .interact_text()
            .map(Zeroizing::new)
            .map_err(broken_off)
    }

    fn ask_secret(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        let password = Password::new()
            .with_prompt(prompt)
            .allow_empty_password(true);
        password.interact().map(Zeroizing::new).map_err(broken_off)
    }

    fn next_line(&mut self) -> io::Result<Option<Zeroizing<String>>> {
        // The room is there from the start: growing would leave copies in memory.
        let mut line = Zeroizing::new(String::with_capacity(LONGEST_LINE));
        let read = io::stdin()
            .lock()
            .take(LONGEST_LINE as u64)
            .read_line(&mut line)?;
        if read == LONGEST_LINE && !line.ends_with('\n') {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        while line.ends_with(['\n', '\r']) {
            line.pop();
        }
        Ok((read > 0).then_some(line))
    }

    fn progress(&mut self, text: &str) -> Progress {
        if !io::stderr().is_terminal() {
            return Progress::hidden();
        }
        let bar = ProgressBar::new_spinner().with_message(text.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Progress::shown(bar)
    }
}

fn broken_off(error: dialoguer::Error) -> io::Error {
    match error {
        dialoguer::Error::IO(error) => error,
    }
}

/// Breaks lines that are too wide at spaces, and keeps their indentation. A link has no spaces and
/// stays whole.
fn wrap(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if measure_text_width(line) <= width {
            lines.push(line.to_owned());
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let mut current = " ".repeat(indent);
        let mut is_empty = true;
        for word in line.split_whitespace() {
            let wide = measure_text_width(&current) + 1 + measure_text_width(word);
            if !is_empty && wide > width {
                lines.push(std::mem::replace(&mut current, " ".repeat(indent)));
                is_empty = true;
            }
            if !is_empty {
                current.push(' ');
            }
            current.push_str(word);
            is_empty = false;
        }
        lines.push(current);
    }
    lines.join("\n")
}

const YES: [&str; 3] = ["y", "yes", "是"];
const LONGEST_LINE: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_at_spaces_and_keep_their_indentation() {
        let text = "short\n  one two three four";
        assert_eq!(wrap(text, 11), "short\n  one two\n  three\n  four");
        assert_eq!(wrap(text, usize::MAX), text);
    }

    #[test]
    fn a_link_stays_whole() {
        let text = "go to https://shop.example/response?code=123 now";
        let wrapped = wrap(text, 20);
        assert!(
            wrapped.contains("\nhttps://shop.example/response?code=123\n"),
            "{wrapped}"
        );
    }
}
