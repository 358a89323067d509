//! What a party keeps of a message, taken apart to the last leaf.

use http::Request;
use jiff::Timestamp;
use keys::base64url;
use url::form_urlencoded;

use crate::tree::Tree;

/// A message as its receiver got it.
#[derive(Clone, Debug)]
pub(crate) struct Captured {
    /// Which message of the conversation it is.
    pub(crate) step: &'static str,
    /// When it came, by the receiver's clock.
    pub(crate) at: Timestamp,
    pub(crate) request: Request<Vec<u8>>,
    pub(crate) hello: Hello,
}

/// What TLS shows before any application data: the model of a connection that is new for each
/// transaction.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    pub(crate) random: [u8; 32],
    /// The ephemeral key.
    pub(crate) key_share: [u8; 32],
    /// What resumes an earlier session; no wallet sends it.
    pub(crate) resumed: Option<[u8; 32]>,
    /// What the receiver handed out, for resuming this session.
    pub(crate) ticket: [u8; 32],
}

/// Something in a message that is not taken apart further.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) path: String,
    pub(crate) value: String,
    /// How many bits of chance its form has room for.
    pub(crate) room: usize,
}

impl Captured {
    /// Takes the message apart. Seconds within a moment of its coming count as the receiver's own
    /// knowledge where `clock` is set: DPoP proofs have to carry them. Presentations must not.
    pub(crate) fn leaves(&self, prefix: &str, clock: bool) -> Vec<Leaf> {
        let root = format!("{prefix}{}", self.step);
        let mut taken = Taken {
            leaves: Vec::new(),
            now: clock.then(|| self.at.as_second()),
        };
        let (parts, body) = (self.request.uri(), self.request.body());
        taken.leaf(&format!("{root}/method"), self.request.method().as_str());
        for (place, segment) in parts.path().split('/').enumerate() {
            taken.open(&format!("{root}/path[{place}]"), segment);
        }
        taken.leaf(&format!("{root}/host"), parts.host().unwrap_or_default());
        if let Some(query) = parts.query() {
            taken.form(&format!("{root}/query"), query.as_bytes());
        }
        let headers = self.request.headers();
        let order: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
        taken.leaf(&format!("{root}/headers#order"), &order.join(" "));
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let path = format!("{root}/header.{name}");
            match value.split_once(' ') {
                Some((scheme, token)) if name == http::header::AUTHORIZATION => {
                    taken.leaf(&format!("{path}.scheme"), scheme);
                    taken.open(&path, token);
                }
                _ => taken.open(&path, &value),
            }
        }
        taken.leaf(&format!("{root}/body#length"), &body.len().to_string());
        let path = format!("{root}/body");
        let text = String::from_utf8_lossy(body);
        match Tree::read(&text) {
            Some(tree) => taken.tree(&path, &tree),
            None => taken.form(&path, body),
        }
        taken.hello(&root, &self.hello);
        taken.leaves
    }
}

/// Takes apart something else that a party keeps: a row, or what it sent itself.
pub(crate) fn record(path: &str, text: &str) -> Vec<Leaf> {
    let mut taken = Taken {
        leaves: Vec::new(),
        now: None,
    };
    taken.open(path, text);
    taken.leaves
}

/// A leaf of text.
pub(crate) fn text(path: &str, value: &str) -> Leaf {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    Leaf {
        path: path.to_owned(),
        room: value.len() * if digits { 10 } else { 18 } / 3,
        value: value.to_owned(),
    }
}

/// A leaf of bytes.
pub(crate) fn bytes(path: &str, value: &[u8]) -> Leaf {
    Leaf {
        path: path.to_owned(),
        value: base64url::encode(value),
        room: value.len() * 8,
    }
}

struct Taken {
    leaves: Vec<Leaf>,
    now: Option<i64>,
}

impl Taken {
    fn leaf(&mut self, path: &str, value: &str) {
        let own = self.now.zip(value.parse::<i64>().ok());
        let value = match own {
            Some((now, second)) if (second - now).abs() <= NEAR => {
                format!("received {:+} s", second - now)
            }
            _ => value.to_owned(),
        };
        self.leaves.push(text(path, &value));
    }

    /// Opens whatever may be inside a text: JSON, a JWS, a proof value, bytes.
    fn open(&mut self, path: &str, text: &str) {
        if let Some(tree) = Tree::read(text) {
            return self.tree(path, &tree);
        }
        if let [header, payload, signature] = text.split('.').collect::<Vec<_>>().as_slice()
            && let (Some(header), Some(payload)) = (json_part(header), json_part(payload))
        {
            self.tree(&format!("{path}.header"), &header);
            self.tree(&format!("{path}.payload"), &payload);
            return self.open(&format!("{path}.signature"), signature);
        }
        if path.ends_with("proofValue")
            && let Some(digits) = text.strip_prefix('u')
            && let Ok(bytes) = base64url::decode(digits)
            && let Some((kind, cbor)) = bytes.split_first_chunk::<2>()
            && kind.starts_with(b"n")
            && self.cbor(path, &mut &*cbor).is_some()
        {
            return;
        }
        match base64url::decode(text) {
            Ok(bytes) if text.len() >= LONG => self.bytes(path, &bytes),
            _ => self.leaf(path, text),
        }
    }

    fn tree(&mut self, path: &str, tree: &Tree) {
        match tree {
            Tree::Bare(text) => self.leaf(path, text),
            Tree::Text(text) => self.open(path, text),
            Tree::List(items) => {
                self.leaf(&format!("{path}#length"), &items.len().to_string());
                for (place, item) in items.iter().enumerate() {
                    self.tree(&format!("{path}[{place}]"), item);
                }
            }
            Tree::Object(members) => {
                let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
                self.leaf(&format!("{path}#order"), &names.join(" "));
                for (name, member) in members {
                    self.tree(&format!("{path}.{name}"), member);
                }
            }
        }
    }

    fn form(&mut self, path: &str, body: &[u8]) {
        let pairs: Vec<_> = form_urlencoded::parse(body).collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_ref()).collect();
        self.leaf(&format!("{path}#order"), &names.join(" "));
        for (name, value) in &pairs {
            self.leaf(&format!("{path}.{name}#length"), &value.len().to_string());
            self.open(&format!("{path}.{name}"), value);
        }
    }

    /// Points and scalars are a whole number of 16 bytes, so nothing that moves about in a longer
    /// string escapes.
    fn bytes(&mut self, path: &str, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<16>();
        for (place, chunk) in chunks.iter().enumerate() {
            self.chunk(&format!("{path}:{place}"), chunk);
        }
        if !rest.is_empty() {
            // With some of what was before it: fewer bytes may come back by chance.
            let end = bytes.last_chunk::<16>().map_or(rest, |end| end.as_slice());
            self.chunk(&format!("{path}:end"), end);
        }
    }

    fn chunk(&mut self, path: &str, chunk: &[u8]) {
        self.leaves.push(bytes(path, chunk));
    }

    /// The little of CBOR that proof values are made of.
    fn cbor(&mut self, path: &str, bytes: &mut &[u8]) -> Option<()> {
        let [first, rest @ ..] = *bytes else {
            return None;
        };
        let (major, minor) = (first >> 5, first & 31);
        let (length, rest) = match minor {
            0..24 => (usize::from(minor), rest),
            24 => rest
                .split_first()
                .map(|(n, rest)| (usize::from(*n), rest))?,
            25 => rest
                .split_first_chunk()
                .map(|(n, rest)| (usize::from(u16::from_be_bytes(*n)), rest))?,
            _ => return None,
        };
        *bytes = rest;
        match major {
            2 => {
                let (content, rest) = bytes.split_at_checked(length)?;
                *bytes = rest;
                self.leaf(&format!("{path}#length"), &length.to_string());
                self.bytes(path, content);
            }
            4 => {
                for place in 0..length {
                    self.cbor(&format!("{path}[{place}]"), bytes)?;
                }
            }
            7 => self.leaf(path, &format!("simple {length}")),
            _ => return None,
        }
        Some(())
    }

    fn hello(&mut self, root: &str, hello: &Hello) {
        self.chunk(&format!("{root}/tls.random"), &hello.random);
        self.chunk(&format!("{root}/tls.key_share"), &hello.key_share);
        self.chunk(&format!("{root}/tls.ticket"), &hello.ticket);
        let resumed = hello.resumed.map(base64url::encode);
        self.leaf(
            &format!("{root}/tls.pre_shared_key"),
            resumed.as_deref().unwrap_or("none"),
        );
    }
}

fn json_part(part: &str) -> Option<Tree> {
    let bytes = base64url::decode(part).ok()?;
    Tree::read(std::str::from_utf8(&bytes).ok()?)
}

/// Seconds about which two clocks may differ, and lifetimes that are counted from now.
const NEAR: i64 = 5;
/// Digits of base64url from which on a text is bytes: no word is as long.
const LONG: usize = 43;
