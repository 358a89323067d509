//! Identity documents: what a passport's machine-readable zone says.
