//! QR codes to hold up.

use std::io;
use std::path::Path;

use fast_qr::{ECL, QRBuilder, QRCode};
use image::{GrayImage, ImageFormat, Luma};

/// A QR code.
pub(crate) struct Code(QRCode);

impl Code {
    /// Makes the code of a text. There is little correction in it: it is held up whole, and its size
    /// decides whether it can be read.
    pub(crate) fn of(text: &str) -> Result<Self, fast_qr::qr::QRCodeError> {
        QRBuilder::new(text).ecl(ECL::L).build().map(Self)
    }

    /// The code for a terminal: two rows of squares in each line.
    pub(crate) fn text(&self) -> String {
        let width = self.0.size + 2 * QUIET;
        let rows: Vec<String> = (0..width)
            .step_by(2)
            .map(|row| {
                (0..width)
                    .map(
                        |column| match (self.dark(column, row), self.dark(column, row + 1)) {
                            (true, true) => ' ',
                            (true, false) => '▄',
                            (false, true) => '▀',
                            (false, false) => '█',
                        },
                    )
                    .collect()
            })
            .collect();
        rows.join("\n")
    }

    /// Writes the code as a picture (PNG).
    pub(crate) fn write_png(&self, file: &Path) -> io::Result<()> {
        let side = (self.0.size + 2 * QUIET) * SQUARE;
        let side = u32::try_from(side).map_err(io::Error::other)?;
        let picture = GrayImage::from_fn(side, side, |x, y| {
            let square = |pixel: u32| usize::try_from(pixel).map(|pixel| pixel / SQUARE);
            match (square(x), square(y)) {
                (Ok(column), Ok(row)) if self.dark(column, row) => Luma([0]),
                _ => Luma([u8::MAX]),
            }
        });
        picture
            .save_with_format(file, ImageFormat::Png)
            .map_err(io::Error::other)
    }

    /// Whether a square is dark; those of the rim and beyond are not.
    fn dark(&self, column: usize, row: usize) -> bool {
        let place = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.0.size);
        match (place(column), place(row)) {
            (Some(column), Some(row)) => self
                .0
                .data
                .get(row * self.0.size + column)
                .is_some_and(|module| module.value()),
            _ => false,
        }
    }
}

/// The rim of light squares around a code.
const QUIET: usize = 4;
/// Pixels to a side of a square.
const SQUARE: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_can_be_read_from_the_picture() {
        let text = format!("NC1:{}", "0123456789ABCDE".repeat(150));
        let code = Code::of(&text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answer.png");
        code.write_png(&file).unwrap();
        let picture = image::open(&file).unwrap().into_luma8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            picture.get_pixel(x as u32, y as u32).0[0]
        });
        let (_, read) = prepared.detect_grids()[0].decode().unwrap();
        assert_eq!(read, text);
        let lines = code.text();
        assert_eq!(lines.lines().count(), (code.0.size + 2 * QUIET).div_ceil(2));
    }
}
