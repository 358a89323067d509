use std::borrow::Cow;

use crate::JsonError;

/// Walks a document once (RFC 8259) and keeps nothing but the member names of open objects.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    max_depth: usize,
    /// Names of all objects that are open, innermost last.
    names: Vec<Cow<'a, str>>,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, max_depth: usize) -> Self {
        Self {
            text,
            at: 0,
            max_depth,
            names: Vec::with_capacity(LINEAR),
        }
    }

    pub(crate) fn document(mut self) -> Result<(), JsonError> {
        self.value(0)?;
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(JsonError::Syntax)
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), JsonError> {
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => Err(JsonError::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), JsonError> {
        self.open(depth)?;
        if self.closes(b'}') {
            return Ok(());
        }
        let first = self.names.len();
        loop {
            self.space();
            let name = self.string()?;
            self.remember(first, name)?;
            self.space();
            self.byte(b':')?;
            self.value(depth)?;
            if self.closes(b'}') {
                break;
            }
            self.byte(b',')?;
        }
        self.forget(first)
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonError> {
        self.open(depth)?;
        if self.closes(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if self.closes(b']') {
                return Ok(());
            }
            self.byte(b',')?;
        }
    }

    /// Consumes the opening bracket.
    fn open(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth > self.max_depth {
            return Err(JsonError::Depth);
        }
        self.at += 1;
        Ok(())
    }

    /// Small objects compare each name with the earlier ones; large ones are sorted when they
    /// close, so that an object of many names costs n log n and not n².
    fn remember(&mut self, first: usize, name: Cow<'a, str>) -> Result<(), JsonError> {
        let earlier = self.names.get(first..).unwrap_or_default();
        if earlier.len() < LINEAR && earlier.contains(&name) {
            return Err(JsonError::Duplicate);
        }
        self.names.push(name);
        Ok(())
    }

    fn forget(&mut self, first: usize) -> Result<(), JsonError> {
        let names = self.names.get_mut(first..).unwrap_or_default();
        if names.len() > LINEAR {
            names.sort_unstable();
            if names.windows(2).any(|pair| pair.first() == pair.last()) {
                return Err(JsonError::Duplicate);
            }
        }
        self.names.truncate(first);
        Ok(())
    }

    /// The string at the cursor, unescaped.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let opening = self.at;
        self.byte(b'"')?;
        let mut escaped = false;
        loop {
            let rest = self.rest();
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                .ok_or(JsonError::Syntax)?;
            self.at += plain;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(JsonError::Syntax),
            }
        }
        self.at += 1;
        if escaped {
            let quoted = self.text.get(opening..self.at).ok_or(JsonError::Syntax)?;
            return serde_json::from_str(quoted)
                .map(Cow::Owned)
                .map_err(|_| JsonError::Syntax);
        }
        self.text
            .get(opening + 1..self.at - 1)
            .map(Cow::Borrowed)
            .ok_or(JsonError::Syntax)
    }

    /// Steps over an escape; the string as a whole is unescaped, and so judged, afterwards.
    fn escape(&mut self) -> Result<(), JsonError> {
        self.at += 2;
        if self.at > self.text.len() {
            Err(JsonError::Syntax)
        } else {
            Ok(())
        }
    }

    fn number(&mut self) -> Result<(), JsonError> {
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _sign = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.at += count;
        if count == 0 {
            Err(JsonError::Syntax)
        } else {
            Ok(())
        }
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(JsonError::Syntax);
        }
        self.at += word.len();
        Ok(())
    }

    fn closes(&mut self, bracket: u8) -> bool {
        self.space();
        self.skip(bracket)
    }

    fn byte(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.skip(byte) {
            Ok(())
        } else {
            Err(JsonError::Syntax)
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// Up to so many members are compared pair by pair.
const LINEAR: usize = 16;
