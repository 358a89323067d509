use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use host::{Access, CommandError, Kind, Output};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strict_json::Limits;
use zeroize::Zeroizing;

/// What came of a file, in the form in which public test suites read it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ResultFile {
    result: Judged,
    data: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Value>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
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
            warnings: Vec::new(),
        }
    }

    /// It was not done, or is not good.
    #[must_use]
    pub const fn failure(data: Value) -> Self {
        Self {
            result: Judged::Failure,
            data,
            warnings: Vec::new(),
        }
    }

    /// This program cannot do or judge it.
    #[must_use]
    pub const fn indeterminate(data: Value) -> Self {
        Self {
            result: Judged::Indeterminate,
            data,
            warnings: Vec::new(),
        }
    }

    /// Adds what was not judged, although it may matter.
    #[must_use]
    pub fn with_warnings(mut self, warnings: Vec<Value>) -> Self {
        self.warnings = warnings;
        self
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
        if !self.warnings.is_empty() {
            let count = self.warnings.len().into();
            output.remark("operator-result-warnings", &[("count", count)]);
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

/// Reads a credential: what [`read_file`] reads, or the data of a [`ResultFile`] that says success,
/// so that what one command has written is read by the next.
///
/// # Errors
/// As [`read_file`].
pub fn read_credential(path: &Path, output: &Output) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    let bytes = read_file(path, output)?;
    let read = strict_json::from_slice::<ResultFile>(&bytes, Limits::bytes(bytes.len()));
    Ok(match read {
        Ok(ResultFile {
            result: Judged::Success,
            data: Value::String(token),
            ..
        }) => Zeroizing::new(token.into_bytes()),
        Ok(ResultFile {
            result: Judged::Success,
            data,
            ..
        }) => Zeroizing::new(data.to_string().into_bytes()),
        Ok(_) | Err(_) => bytes,
    })
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
        for (result, read) in [
            (ResultFile::success(json!("token")), "token".to_owned()),
            (
                ResultFile::success(json!({"a": 1})),
                r#"{"a":1}"#.to_owned(),
            ),
            (
                ResultFile::failure(json!("why")),
                serde_json::to_string_pretty(&ResultFile::failure(json!("why"))).unwrap() + "\n",
            ),
        ] {
            // What the command ended with is tried above.
            let _ = result.write(&file, &output);
            assert_eq!(*read_credential(&file, &output).unwrap(), read.into_bytes());
        }
        fs::write(&file, r#"{"result": "success", "data": {}, "more": 1}"#).unwrap();
        assert!(
            read_credential(&file, &output)
                .unwrap()
                .ends_with(b"\"more\": 1}")
        );
        let nowhere = place.path().join("none/out.json");
        let ended = ResultFile::success(Value::Null).write(&nowhere, &output);
        assert_eq!(ended.unwrap_err().kind(), Kind::User);
        assert!(read_file(&nowhere, &output).is_err());
        let long = place.path().join("long");
        fs::write(&long, vec![b' '; 1024 * 1024 + 1]).unwrap();
        assert!(read_file(&long, &output).is_err());
    }
}
