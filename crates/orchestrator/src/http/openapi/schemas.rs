//! Schemas of what is sent to the daemon: the bounds that a client can look at beforehand.

use serde_json::{Value, json};

/// What registers a service.
pub(super) fn registration() -> Value {
    json!({
        "type": "object",
        "required": ["name", "instances"],
        "additionalProperties": false,
        "properties": {
            "name": { "type": "string" },
            "title": { "type": "string" },
            "lease": { "type": "integer", "minimum": 1, "maximum": 86_400, "default": 30 },
            "health_path": { "type": "string", "description": "short for check.path" },
            "interval": { "type": "string", "description": "short for check.interval" },
            "instances": {
                "type": "array", "minItems": 1, "maxItems": 64,
                "items": {
                    "type": "object", "required": ["url"], "additionalProperties": false,
                    "properties": {
                        "url": { "type": "string", "format": "uri" },
                        "weight": { "type": "integer", "minimum": 0, "maximum": 65_535, "default": 100 }
                    }
                }
            },
            "check": check(),
            "endpoints": {
                "type": "object",
                "additionalProperties": {
                    "type": "object", "required": ["path"],
                    "properties": {
                        "path": { "type": "string" },
                        "methods": {},
                        "protocol": { "enum": ["http", "websocket", "sse"] }
                    }
                }
            },
            "labels": { "type": "object", "maxProperties": 16, "additionalProperties": { "type": "string" } }
        }
    })
}

/// How a service is checked.
fn check() -> Value {
    let span = || json!({ "type": "string", "examples": ["500ms", "10s"] });
    let in_a_row = || json!({ "type": "integer", "minimum": 1, "maximum": 100 });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "kind": { "enum": ["http", "tcp"], "default": "http" },
            "path": { "type": "string" },
            "status": {
                "type": "array", "minItems": 1, "maxItems": 32,
                "items": { "type": ["integer", "string"], "examples": [200, "204-299"] }
            },
            "interval": span(),
            "timeout": span(),
            "rise": in_a_row(),
            "fall": in_a_row(),
            "verify": { "type": "boolean", "default": true }
        }
    })
}
