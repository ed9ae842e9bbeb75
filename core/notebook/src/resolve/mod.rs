//! Which cell defines a name that another one reads.
