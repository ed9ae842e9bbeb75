//! Customers' models over simulated customers and over what no customer should look like.

mod properties;
mod published;
mod simulated;
