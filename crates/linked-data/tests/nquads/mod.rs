//! A reader of N-Quads, for test data.

use linked_data::{Quad, Term};

/// The statements, and the labels of their blank nodes by number.
pub(crate) fn parse(text: &str) -> (Vec<Quad>, Vec<String>) {
    let mut names = Vec::new();
    let quads = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| statement(line, &mut names))
        .collect();
    (quads, names)
}

fn statement(line: &str, names: &mut Vec<String>) -> Quad {
    let mut rest = line;
    let mut terms = Vec::new();
    while !rest.trim_start().starts_with('.') {
        terms.push(term(&mut rest, names));
    }
    let mut terms = terms.into_iter();
    let subject = terms.next().unwrap();
    let Some(Term::Text(predicate)) = terms.next() else {
        panic!("no predicate: {line}");
    };
    let object = terms.next().unwrap();
    Quad {
        subject,
        predicate,
        object,
        graph: terms.next(),
    }
}

fn term(rest: &mut &str, names: &mut Vec<String>) -> Term {
    let text = rest.trim_start();
    if let Some(label) = text.strip_prefix("_:") {
        let end = label.find([' ', '\t', '<']).unwrap_or(label.len());
        let (label, after) = label.split_at(end);
        *rest = after;
        let number = names
            .iter()
            .position(|name| name == label)
            .unwrap_or_else(|| {
                names.push(label.to_owned());
                names.len() - 1
            });
        return Term::Blank(number);
    }
    if let Some(iri) = text.strip_prefix('<') {
        let (iri, after) = iri.split_once('>').unwrap();
        *rest = after;
        return Term::iri(&unescape(iri));
    }
    let quoted = text.strip_prefix('"').unwrap();
    let mut end = 0;
    let bytes = quoted.as_bytes();
    while bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let value = unescape(&quoted[..end]);
    let after = &quoted[end + 1..];
    if let Some(datatype) = after.strip_prefix("^^<") {
        let (datatype, after) = datatype.split_once('>').unwrap();
        *rest = after;
        let datatype = &unescape(datatype);
        let plain = datatype == "http://www.w3.org/2001/XMLSchema#string";
        return Term::literal(&value, (!plain).then_some(datatype.as_str()));
    }
    if let Some(tag) = after.strip_prefix('@') {
        let (tag, after) = tag.split_at(tag.find(' ').unwrap());
        *rest = after;
        return Term::language(&value, tag);
    }
    *rest = after;
    Term::literal(&value, None)
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let (kind, after) = escape.split_at(1);
        let digits = match kind {
            "u" => 4,
            "U" => 8,
            _ => 0,
        };
        if digits > 0 {
            let code = u32::from_str_radix(&after[..digits], 16).unwrap();
            plain.push(char::from_u32(code).unwrap());
        } else {
            plain.push(match kind {
                "t" => '\t',
                "b" => '\u{8}',
                "n" => '\n',
                "r" => '\r',
                "f" => '\u{c}',
                other => other.chars().next().unwrap(),
            });
        }
        rest = &after[digits..];
    }
    plain.push_str(rest);
    plain
}
