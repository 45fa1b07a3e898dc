//! Schemas: of what is sent to the daemon, the bounds that a client can look at beforehand; of raw health, what its
//! fields mean.

use crate::health::Reason;
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

/// Raw health: `/v1/health`.
pub(super) fn health() -> Value {
    let codes: Vec<_> = Reason::codes().collect();
    let time =
        |description: &str| json!({ "type": ["integer", "null"], "description": description });
    let score = json!({ "type": ["integer", "null"], "minimum": 0, "maximum": 100 });
    json!({
        "type": "object",
        "required": ["now", "services"],
        "properties": {
            "now": { "type": "integer", "description": "milliseconds since 1970, by the daemon's clock" },
            "services": { "type": "array", "items": {
                "type": "object",
                "required": ["service", "url", "source", "class", "class_since"],
                "properties": {
                    "service": { "type": "string" },
                    "url": { "type": "string", "format": "uri" },
                    "source": { "enum": ["settings", "registration", "socket", "daemon"] },
                    "class": { "enum": ["healthy", "degraded", "unhealthy", "unknown"] },
                    "class_since": {
                        "type": "integer", "description": "when it became that, in milliseconds since 1970, to a second"
                    },
                    "reason": {
                        "enum": codes,
                        "description": "why it is not healthy: what the last check saw that did not show life. Absent while it is healthy"
                    },
                    "message": { "type": "string", "description": "the reason in words" },
                    "status": {
                        "type": "integer", "description": "the HTTP status that it answered with, where that is the reason"
                    },
                    "health": score,
                    "checked_at": time("when it was last checked, in milliseconds since 1970"),
                    "age_ms": time("how long ago that was"),
                    "latency_us": time("of the last check, if it was answered"),
                    "history": {
                        "type": "object",
                        "description": "the last checks, at most 64, oldest first",
                        "properties": {
                            "health": { "type": "array", "items": score },
                            "latency_us": { "type": "array", "items": { "type": ["integer", "null"] } }
                        }
                    }
                }
            } }
        }
    })
}
