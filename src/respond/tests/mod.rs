//! Every action against a provider that is not real: state and authorization are modelled, and
//! whatever can go wrong between two calls is made to go wrong.

mod aws_world;
mod double;
mod ends;
mod matrix;
mod rest_world;
mod rows;
mod world;
