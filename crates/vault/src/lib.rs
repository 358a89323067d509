//! The wallet's encrypted file.
