use std::collections::VecDeque;
use std::io;

use wallet_cli::{Progress, Terminal};
use zeroize::Zeroizing;

/// A terminal whose person has made up their mind beforehand.
pub(crate) struct Script {
    interactive: bool,
    answers: VecDeque<String>,
    data: String,
    said: String,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    /// Standard output.
    pub(crate) data: String,
    /// Standard error, with the answers that were given.
    pub(crate) said: String,
}

impl Script {
    /// A person who answers these, in order.
    pub(crate) fn person(answers: &[&str]) -> Self {
        Self::new(true, answers)
    }

    /// No person: these lines come in on standard input.
    pub(crate) fn piped(lines: &[&str]) -> Self {
        Self::new(false, lines)
    }

    fn new(interactive: bool, answers: &[&str]) -> Self {
        Self {
            interactive,
            answers: answers.iter().copied().map(str::to_owned).collect(),
            data: String::new(),
            said: String::new(),
        }
    }

    /// Ends the run; every answer must have been asked for.
    pub(crate) fn finish(self, code: u8) -> Ran {
        assert!(self.answers.is_empty(), "not asked for: {:?}", self.answers);
        Ran {
            code,
            data: self.data,
            said: self.said,
        }
    }

    fn answer(&mut self, question: &str, shows: bool) -> io::Result<Zeroizing<String>> {
        assert!(self.interactive, "nobody is there to be asked {question}");
        let answer = self.answers.pop_front();
        let answer = answer.unwrap_or_else(|| panic!("unexpected question: {question}"));
        let shown = if shows { answer.as_str() } else { "[hidden]" };
        self.said.push_str(&format!("? {question} > {shown}\n"));
        Ok(Zeroizing::new(answer))
    }
}

impl Terminal for Script {
    fn is_interactive(&self) -> bool {
        self.interactive
    }

    fn has_colours(&self) -> bool {
        false
    }

    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.data.push_str(std::str::from_utf8(data).unwrap());
        Ok(())
    }

    fn say(&mut self, text: &str) {
        self.said.push_str(text);
        self.said.push('\n');
    }

    fn confirm(&mut self, question: &str) -> io::Result<bool> {
        Ok(*self.answer(question, true)? == "y")
    }

    fn ask(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        self.answer(prompt, true)
    }

    fn ask_secret(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        self.answer(prompt, false)
    }

    fn next_line(&mut self) -> io::Result<Option<Zeroizing<String>>> {
        assert!(!self.interactive);
        Ok(self.answers.pop_front().map(Zeroizing::new))
    }

    fn progress(&mut self, _text: &str) -> Progress {
        Progress::hidden()
    }
}
