//! Status lists: is this credential still good.
