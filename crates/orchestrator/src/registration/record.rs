//! A registration as the store keeps it: what was sent, with the addresses that its names had then.

use super::locate::pin;
use super::{Body, Registration, Seat, Written};
use crate::settings::Networks;
use crate::store::Record;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Serialize)]
struct Writing<'r> {
    order: u64,
    addresses: Vec<Vec<IpAddr>>,
    registration: Written<'r>,
}

#[derive(Deserialize)]
struct Reading {
    order: u64,
    /// Of each instance.
    addresses: Vec<Vec<IpAddr>>,
    registration: Body,
}

/// What is kept of a registration.
pub(crate) fn write(registration: &Registration) -> serde_json::Result<Record> {
    let ips = |seat: &Seat| seat.target.ips().to_vec();
    let value = serde_json::to_vec(&Writing {
        order: registration.order,
        addresses: registration.seats.iter().map(ips).collect(),
        registration: registration.into(),
    })?;
    Ok(Record {
        id: registration.id,
        value,
    })
}

/// The registration that was kept.
///
/// # Errors
/// Why it is none, or none any more: the settings may allow less than before.
pub(crate) fn read(record: &Record, networks: &Networks) -> Result<Registration, String> {
    let kept: Reading = serde_json::from_slice(&record.value).map_err(|error| error.to_string())?;
    let body = kept.registration;
    body.check_together().map_err(|error| error.to_string())?;
    if kept.addresses.len() != body.instances.len() {
        return Err("it has not one list of addresses for each instance".to_owned());
    }
    let seat = |(instance, addresses): (&super::InstanceBody, &Vec<IpAddr>)| {
        let target = pin(&instance.url, addresses, networks).map_err(|error| error.to_string())?;
        Ok(Seat {
            target: target.verified(body.verifies()),
            weight: instance.weight,
        })
    };
    let seats: Result<Vec<Seat>, String> = body
        .instances
        .iter()
        .zip(&kept.addresses)
        .map(seat)
        .collect();
    Ok(body.registration(record.id, kept.order, seats?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::RegistrationId;

    const BODY: &str = r#"{"name":"shop","title":"The shop","lease":60,"health_path":"/health?deep=1",
        "instances":[{"url":"http://localhost:8000/api","weight":7},{"url":"http://10.0.0.7:80"}],
        "endpoints":{"order":{"path":"/orders/{id}","methods":["GET","PUT"]},"updates":{"path":"/ws","protocol":"websocket"}}}"#;

    fn registration(networks: &Networks) -> Registration {
        let body = Body::read(BODY.as_bytes()).unwrap();
        let seat = |instance: &crate::registration::InstanceBody| Seat {
            target: pin(&instance.url, &[], networks).unwrap(),
            weight: instance.weight,
        };
        let seats = body.instances.iter().map(seat).collect();
        body.registration(RegistrationId(7), 3, seats)
    }

    #[test]
    fn what_was_kept_is_what_was_registered() {
        let networks = serde_json::from_str(r#"["10.0.0.0/8"]"#).unwrap();
        let registration = registration(&networks);
        let record = write(&registration).unwrap();
        assert_eq!(read(&record, &networks).unwrap(), registration);
    }

    #[test]
    fn a_record_of_the_first_version_is_still_read() {
        let value = r#"{"order":3,"addresses":[["127.0.0.1","::1"],["10.0.0.7"]],"registration":{"name":"shop","title":"The shop","lease":60,"instances":[{"url":"http://localhost:8000/api","weight":7},{"url":"http://10.0.0.7","weight":100}],"health_path":"/health?deep=1","endpoints":{"order":{"path":"/orders/{id}","methods":["GET","PUT"],"protocol":"http"},"updates":{"path":"/ws","methods":[],"protocol":"websocket"}}}}"#;
        let networks = serde_json::from_str(r#"["10.0.0.0/8"]"#).unwrap();
        let record = Record {
            id: RegistrationId(7),
            value: value.into(),
        };
        assert_eq!(read(&record, &networks).unwrap(), registration(&networks));
        let written = write(&registration(&networks)).unwrap();
        assert_eq!(
            String::from_utf8(written.value).unwrap(),
            value,
            "a change of the format needs a new version"
        );
    }

    #[test]
    fn how_a_service_is_checked_is_kept_with_it() {
        let body = r#"{"name":"shop","lease":60,"instances":[{"url":"https://localhost:8443","weight":100}],"interval":"5s","check":{"fall":3,"verify":false},"endpoints":{}}"#;
        let value =
            format!(r#"{{"order":0,"addresses":[["127.0.0.1","::1"]],"registration":{body}}}"#);
        let record = Record {
            id: RegistrationId(7),
            value: value.clone().into(),
        };
        let registration = read(&record, &Networks::default()).unwrap();
        assert!(registration.seats[0].target.is_unverified());
        assert_eq!(registration.check().interval, Some("5s".parse().unwrap()));
        let written = write(&registration).unwrap();
        assert_eq!(String::from_utf8(written.value).unwrap(), value);
    }

    #[test]
    fn what_the_settings_no_longer_allow_does_not_come_back() {
        let networks = serde_json::from_str(r#"["10.0.0.0/8"]"#).unwrap();
        let record = write(&registration(&networks)).unwrap();
        let refused = read(&record, &Networks::default()).unwrap_err();
        assert!(refused.contains("allowed_networks"), "{refused}");
    }

    #[test]
    fn a_record_that_is_none_is_refused() {
        for value in [
            "",
            "{}",
            r#"{"order":1,"addresses":[],"registration":{"name":"a","instances":[{"url":"http://localhost"}]}}"#,
        ] {
            let record = Record {
                id: RegistrationId(1),
                value: value.into(),
            };
            assert!(read(&record, &Networks::default()).is_err(), "{value}");
        }
    }
}
