//! The wasm client: a thin host around [`landfall_protocol`]; it decides nothing itself.
