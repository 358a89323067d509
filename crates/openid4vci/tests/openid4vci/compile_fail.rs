//! What must not compile: a state is consumed by its step.

#[test]
fn states_are_consumed_once() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
