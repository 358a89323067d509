//! The holder's intentions: receive, present, refill, forget.
