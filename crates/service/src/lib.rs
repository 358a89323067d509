//! What every service needs to boot, watch itself and stop.
