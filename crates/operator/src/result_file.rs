use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use host::{Access, CommandError, Kind, Output};
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

/// What came of a file, in the form in which public test suites read it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResultFile {
    result: Judged,
    data: Value,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Judged {
    Failure,
    Indeterminate,
    Success,
}

impl ResultFile {
    /// It was done, or is good.
    #[must_use]
    pub const fn success(data: Value) -> Self {
        Self {
            result: Judged::Success,
            data,
        }
    }

    /// It was not done, or is not good.
    #[must_use]
    pub const fn failure(data: Value) -> Self {
        Self {
            result: Judged::Failure,
            data,
        }
    }

    /// This program cannot do or judge it.
    #[must_use]
    pub const fn indeterminate(data: Value) -> Self {
        Self {
            result: Judged::Indeterminate,
            data,
        }
    }

    /// Writes it, `-` being standard output, and ends the command accordingly: a failure with
    /// [`Kind::Peer`] (3), what cannot be done with [`Kind::Usage`] (2).
    ///
    /// # Errors
    /// When it is no success, or cannot be written.
    pub fn write(&self, path: &Path, output: &Output) -> Result<(), CommandError> {
        let json = serde_json::to_string_pretty(self);
        let json = json.map_err(|error| CommandError::from_error(Kind::Defect, &error))? + "\n";
        if path == Path::new("-") {
            output.bytes(json.as_bytes())?;
        } else {
            host::replace(path, json.as_bytes(), Access::Public)
                .map_err(|error| CommandError::from_error(Kind::User, &error))?;
        }
        match self.result {
            Judged::Success => Ok(()),
            Judged::Failure => {
                let message = output.text("operator-result-failure", &[]);
                Err(CommandError::new(Kind::Peer, message))
            }
            Judged::Indeterminate => {
                let message = output.text("operator-result-indeterminate", &[]);
                Err(CommandError::new(Kind::Usage, message))
            }
        }
    }
}

/// Reads a file, `-` being standard input. It may hold a key.
///
/// # Errors
/// When it cannot be read, or is longer than 1 MiB.
pub fn read_file(path: &Path, output: &Output) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if path == Path::new("-") {
        io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
    };
    let refused = |id: &str| {
        let file = path.display().to_string();
        CommandError::new(Kind::User, output.text(id, &[("file", file.into())]))
    };
    match read {
        Err(error) => Err(refused("operator-file-unreadable").because(Some(&error))),
        Ok(_) if bytes.len() as u64 > LONGEST => Err(refused("operator-file-too-long")),
        Ok(_) => Ok(bytes),
    }
}

const LONGEST: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use catalogue::{Catalogue, Language};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_is_written_and_ends_the_command() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("out.json");
        let output = Output::new(Catalogue::new(Language::English), false);
        for (result, code) in [
            (ResultFile::success(json!("x")), None),
            (ResultFile::failure(json!("y")), Some(Kind::Peer)),
            (ResultFile::indeterminate(json!("z")), Some(Kind::Usage)),
        ] {
            let ended = result.write(&file, &output);
            assert_eq!(ended.err().map(|error| error.kind()), code);
            let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            assert_eq!(written, serde_json::to_value(&result).unwrap());
        }
        let nowhere = place.path().join("none/out.json");
        let ended = ResultFile::success(Value::Null).write(&nowhere, &output);
        assert_eq!(ended.unwrap_err().kind(), Kind::User);
        assert!(read_file(&nowhere, &output).is_err());
        let long = place.path().join("long");
        fs::write(&long, vec![b' '; 1024 * 1024 + 1]).unwrap();
        assert!(read_file(&long, &output).is_err());
    }
}
