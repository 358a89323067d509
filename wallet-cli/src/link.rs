use std::path::Path;

use host::{CommandError, Kind};
use zeroize::Zeroizing;

use crate::picture::{self, PictureError};
use crate::session::Session;

/// Reads the link that a command was given: as it is, from a picture of its QR code, or from
/// standard input.
pub(crate) fn read(
    session: &mut Session<'_>,
    argument: &str,
) -> Result<Zeroizing<String>, CommandError> {
    if argument == "-" {
        let line = session.terminal.next_line();
        let line = line.map_err(|error| CommandError::from_error(Kind::User, &error))?;
        return line
            .filter(|line| !line.trim().is_empty())
            .ok_or_else(|| CommandError::new(Kind::User, session.text("link-stdin", &[])));
    }
    let path = Path::new(argument);
    if is_link(argument) && !path.exists() {
        return Ok(Zeroizing::new(argument.to_owned()));
    }
    picture::link(path)
        .map(Zeroizing::new)
        .map_err(|error| refused(session, argument, &error))
}

/// Whether a text begins as a URL does.
pub(crate) fn is_link(text: &str) -> bool {
    text.trim()
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.len() > 1 && url::Url::parse(text.trim()).is_ok())
}

/// Whether a link asks for credentials (OpenID4VP 1.0).
pub(crate) fn is_request(link: &str) -> bool {
    link.trim_start().starts_with("openid4vp:")
        || (link.contains("client_id=") && !link.contains("credential_offer"))
}

/// Whether a link offers credentials (OpenID4VCI 1.0).
pub(crate) fn is_offer(link: &str) -> bool {
    link.trim_start().starts_with("openid-credential-offer:")
        || (link.contains("credential_offer") && !link.contains("client_id="))
}

fn refused(session: &Session<'_>, argument: &str, error: &PictureError) -> CommandError {
    let (message, hint) = match error {
        PictureError::Many => (
            session.text("link-picture-many", &[]),
            session.text("link-picture-many-hint", &[]),
        ),
        PictureError::NoCode => (
            session.text("link-picture-none", &[]),
            session.text("link-picture-none-hint", &[]),
        ),
        PictureError::NotAPicture(_) | PictureError::Read(_) => (
            session.text("link-none", &[("argument", argument.into())]),
            session.text("link-none-hint", &[]),
        ),
        PictureError::TooLarge => (
            session.text("link-picture-size", &[]),
            session.text(
                "link-picture-size-hint",
                &[
                    ("bytes", (picture::MOST_BYTES / 1024 / 1024).into()),
                    ("side", picture::LONGEST_SIDE.into()),
                ],
            ),
        ),
    };
    let source = std::error::Error::source(error);
    CommandError::new(Kind::User, message)
        .because(source)
        .hint(hint)
}
