//! pessoa: the wallet in a terminal.
