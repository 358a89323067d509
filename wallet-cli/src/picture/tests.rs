use std::io::Cursor;
use std::path::PathBuf;

use fast_qr::{Module, QRBuilder};
use image::{ImageFormat, Luma};

use super::*;

const LINK: &str = "openid4vp://?client_id=x&request_uri=https%3A%2F%2Fshop.example%2F1";

/// Draws codes side by side, as a screen would show them.
fn drawn(texts: &[&str]) -> GrayImage {
    const SCALE: u32 = 6;
    const QUIET: u32 = 4;
    let codes: Vec<_> = texts
        .iter()
        .map(|text| QRBuilder::new(*text).build().unwrap())
        .collect();
    let side = |code: &fast_qr::QRCode| (code.size as u32 + 2 * QUIET) * SCALE;
    let width = codes.iter().map(side).sum();
    let height = codes.iter().map(side).max().unwrap();
    let mut picture = GrayImage::from_pixel(width, height, Luma([255]));
    let mut left = 0;
    for code in &codes {
        for row in 0..code.size {
            for column in 0..code.size {
                let module: Module = code[row][column];
                if !module.value() {
                    continue;
                }
                let x = left + (QUIET + column as u32) * SCALE;
                let y = (QUIET + row as u32) * SCALE;
                for (dx, dy) in (0..SCALE).flat_map(|dx| (0..SCALE).map(move |dy| (dx, dy))) {
                    picture.put_pixel(x + dx, y + dy, Luma([0]));
                }
            }
        }
        left += side(code);
    }
    picture
}

fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn encoded(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn a_link_is_read_from_png_and_jpeg_whatever_the_file_is_called() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let (_folder, path) = file(&encoded(&drawn(&[LINK]), format));
        assert_eq!(link(&path).unwrap(), LINK, "{format:?}");
    }
}

#[test]
fn a_code_without_a_link_is_passed_over_and_two_links_are_refused() {
    let (_folder, path) = file(&encoded(&drawn(&["hello", LINK]), ImageFormat::Png));
    assert_eq!(link(&path).unwrap(), LINK);
    let (_folder, path) = file(&encoded(&drawn(&["hello"]), ImageFormat::Png));
    assert!(matches!(link(&path), Err(PictureError::NoCode)));
    let two = drawn(&[LINK, "openid4vp://?client_id=y"]);
    let (_folder, path) = file(&encoded(&two, ImageFormat::Png));
    assert!(matches!(link(&path), Err(PictureError::Many)));
}

#[test]
fn a_small_file_that_stands_for_a_huge_picture_is_refused() {
    // A PNG's header says the size; the rest never has to be decoded.
    let mut png = encoded(&GrayImage::new(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
    let checksum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    let (_folder, path) = file(&png);
    assert!(matches!(link(&path), Err(PictureError::TooLarge)));
}

#[test]
fn a_file_that_is_too_large_is_not_even_looked_at() {
    let (_folder, path) = file(&[]);
    let large = File::options().write(true).open(&path).unwrap();
    large.set_len(MOST_BYTES + 1).unwrap();
    assert!(matches!(link(&path), Err(PictureError::TooLarge)));
}

#[test]
fn other_files_are_no_pictures() {
    for bytes in [&b""[..], b"GIF89a", b"\x89PNG\r\n\x1a\n", b"hello"] {
        let (_folder, path) = file(bytes);
        let refused = link(&path);
        assert!(
            matches!(refused, Err(PictureError::NotAPicture(_))),
            "{refused:?}"
        );
    }
    assert!(matches!(
        link(std::path::Path::new("/nowhere")),
        Err(PictureError::Read(_))
    ));
}

/// The checksum of PNG chunks (PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| match crc & 1 {
            1 => (crc >> 1) ^ 0xedb8_8320,
            _ => crc >> 1,
        })
    })
}
