//! SQL as its users meet it: frames, files, definitions, functions, limits, errors.

mod errors;
mod export;
mod files;
mod frames;
mod functions;
mod limits;
mod sheets;
mod statements;
mod world;
