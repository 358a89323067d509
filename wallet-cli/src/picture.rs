//! Links in pictures of QR codes.

use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use crate::link::is_link;

/// Finds the one link in a picture (PNG or JPEG).
pub(crate) fn link(path: &Path) -> Result<String, PictureError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(PictureError::Read)?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(PictureError::Read)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(PictureError::TooLarge);
    }
    link_in(&decode(&bytes)?)
}

/// Finds the one link in the bytes of a picture, which may be anybody's.
#[must_use]
pub fn link_in_picture(bytes: &[u8]) -> Option<String> {
    link_in(&decode(bytes).ok()?).ok()
}

/// Why a picture gives no link.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureError {
    /// There are several QR codes with links, and nobody says which is meant.
    #[error("the picture shows several links")]
    Many,
    /// There is no QR code with a link that can be read.
    #[error("the picture shows no link")]
    NoCode,
    /// The file is no PNG and no JPEG, or a damaged one.
    #[error("the file is not a picture")]
    NotAPicture(#[source] image::ImageError),
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    /// The picture would take too much memory.
    #[error("the picture is too large")]
    TooLarge,
}

/// Decodes a picture within bounds: a small file may stand for a huge one.
fn decode(bytes: &[u8]) -> Result<GrayImage, PictureError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    let mut reader = ImageReader::new(Cursor::new(bytes));
    // Anything else is a format that is not read, whatever features the library has.
    reader.set_format(match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => ImageFormat::Jpeg,
        _ => ImageFormat::Png,
    });
    reader.limits(limits);
    let refused = |error| match error {
        image::ImageError::Limits(_) => PictureError::TooLarge,
        other => PictureError::NotAPicture(other),
    };
    let decoder = reader.into_decoder().map_err(refused)?;
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(PictureError::TooLarge);
    }
    let image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok(image.into_luma8())
}

fn link_in(image: &GrayImage) -> Result<String, PictureError> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        let pixel = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        pixel
            .and_then(|(x, y)| image.get_pixel_checked(x, y))
            .map_or(u8::MAX, |pixel| {
                let [brightness] = pixel.0;
                brightness
            })
    });
    let mut links: Vec<String> = prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .filter(|text| is_link(text))
        .collect();
    links.dedup();
    match (links.pop(), links.is_empty()) {
        (None, _) => Err(PictureError::NoCode),
        (Some(link), true) => Ok(link),
        (Some(_), false) => Err(PictureError::Many),
    }
}

pub(crate) const MOST_BYTES: u64 = 16 * 1024 * 1024;
pub(crate) const LONGEST_SIDE: u32 = 8192;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

#[cfg(test)]
mod tests;
