//! `pessoa-demo`: the whole story on one machine.

fn main() {}
