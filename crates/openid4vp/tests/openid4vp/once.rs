//! A request is answered once, a link is opened once, a result is taken once: by the types.

#[test]
fn twice_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/once/*.rs");
}
