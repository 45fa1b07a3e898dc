//! The registrar in virtual time, with a store that does as it is told.

use super::*;
use crate::budget::CpuBudget;
use crate::http::own_service;
use crate::pool::Limits;
use crate::registry::Periods;
use crate::settings::BudgetSettings;
use crate::sockets::{PortFilter, Tracker};
use landfall_protocol::id::Epoch;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::LocalSet;
use tokio::time::sleep;

/// What a disk has. Clones are the same disk.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<DiskState>>);

#[derive(Default)]
struct DiskState {
    records: BTreeMap<RegistrationId, Vec<u8>>,
    is_full: bool,
}

impl Disk {
    fn len(&self) -> usize {
        self.0.lock().unwrap().records.len()
    }

    fn fill(&self, is_full: bool) {
        self.0.lock().unwrap().is_full = is_full;
    }
}

impl Store for Disk {
    fn records(&mut self) -> Result<Vec<Record>, StoreError> {
        let records = self.0.lock().unwrap().records.clone().into_iter();
        Ok(records.map(|(id, value)| Record { id, value }).collect())
    }

    fn write(&mut self, change: Change) -> Result<(), StoreError> {
        let mut disk = self.0.lock().unwrap();
        if disk.is_full {
            return Err(StoreError::Io {
                path: "disk".into(),
                source: std::io::ErrorKind::StorageFull.into(),
            });
        }
        match change {
            Change::Put(record) => drop(disk.records.insert(record.id, record.value)),
            Change::Remove(ids) => disk.records.retain(|id, _| !ids.contains(id)),
        }
        Ok(())
    }
}

/// A daemon's registrar, as `serve` makes it.
fn start(disk: &Disk, networks: Networks) -> Rc<Registrar> {
    let clock = Clock::start();
    let own = own_service(BaseUrl::localhost(7420)).unwrap();
    let periods = Periods {
        deadline: Duration::from_secs(2),
        retention: Millis(10_000),
        reread: Millis(60_000),
    };
    let epoch = Epoch::new("test", 1).unwrap();
    let registry = Rc::new(RefCell::new(Registry::new(own, &[], epoch, periods)));
    let pool = Rc::new(Pool::new(Limits {
        in_flight: 1,
        per_host: 1,
        idle: 0,
        deadline: Duration::from_secs(1),
    }));
    let tracker = Tracker::new(PortFilter::new(&toml::from_str("").unwrap()));
    let budget = CpuBudget::new(BudgetSettings::default(), &clock);
    let finder = Finder::new(
        Rc::clone(&registry),
        Rc::clone(&pool),
        clock,
        tracker,
        Rc::new(budget),
        Rc::default(),
    );
    let finder = Rc::new(finder);
    let ceiling = Ceiling::new(
        None,
        Rc::clone(&registry),
        Rc::clone(&pool),
        Rc::clone(&finder),
        clock,
    );
    let ceiling = Rc::new(ceiling);
    let store = Box::new(disk.clone());
    let registrar = Registrar::new(registry, finder, pool, ceiling, clock, networks, store);
    let registrar = Rc::new(registrar);
    let lost = registrar.restore();
    spawn_local(Rc::clone(&registrar).run(lost));
    registrar
}

fn body(name: &str, url: &str, lease: u32) -> Body {
    let json = serde_json::json!({ "name": name, "lease": lease, "instances": [{ "url": url }] });
    Body::read(json.to_string().as_bytes()).unwrap()
}

fn names(registrar: &Registrar) -> Vec<String> {
    let registry = registrar.registry.borrow();
    let services = registry.catalog_services();
    services
        .iter()
        .skip(1)
        .map(|it| it.name.to_string())
        .collect()
}

async fn register(registrar: &Rc<Registrar>, name: &str, port: u16, lease: u32) -> RegistrationId {
    let url = format!("http://127.0.0.1:{port}");
    let registered = Rc::clone(registrar).register(body(name, &url, lease)).await;
    registered.unwrap().0
}

#[tokio::test(start_paused = true)]
async fn leases_end_one_by_one_when_nobody_renews_them() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::default();
            let registrar = start(&disk, Networks::default());
            let long = register(&registrar, "long", 1, 60).await;
            register(&registrar, "short", 2, 10).await;
            assert_eq!((names(&registrar).len(), disk.len()), (2, 2));
            sleep(Duration::from_millis(9_900)).await;
            assert_eq!(names(&registrar), ["long", "short"]);
            sleep(Duration::from_millis(200)).await;
            assert_eq!(
                (names(&registrar), disk.len()),
                (vec!["long".to_owned()], 1)
            );
            sleep(Duration::from_secs(49)).await;
            registrar.renew(long).unwrap();
            sleep(Duration::from_secs(59)).await;
            assert_eq!(names(&registrar), ["long"]);
            sleep(Duration::from_secs(2)).await;
            assert_eq!((names(&registrar).len(), disk.len()), (0, 0));
            assert!(matches!(registrar.renew(long), Err(NotDone::Unknown)));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_leases_begin_anew() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::default();
            let first = start(&disk, Networks::default());
            let id = register(&first, "shop", 1, 10).await;
            sleep(Duration::from_secs(9)).await;
            let second = start(&disk, Networks::default());
            sleep(Duration::from_secs(9)).await;
            assert_eq!(names(&second), ["shop"]);
            second.renew(id).unwrap();
            sleep(Duration::from_secs(11)).await;
            assert!(names(&second).is_empty());
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_kept_is_not_shown_and_what_has_ended_is_not_shown_either() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::default();
            let registrar = start(&disk, Networks::default());
            let shop = register(&registrar, "shop", 1, 10).await;
            disk.fill(true);
            let other = body("other", "http://127.0.0.1:2", 10);
            let refused = Rc::clone(&registrar).register(other).await.unwrap_err();
            assert!(
                matches!(&refused, NotDone::Store(error) if error.is_full()),
                "{refused}"
            );
            let kept = Rc::clone(&registrar).deregister(shop).await.unwrap_err();
            assert!(matches!(kept, NotDone::Store(_)), "{kept}");
            assert_eq!(names(&registrar), ["shop"]);
            sleep(Duration::from_secs(11)).await;
            assert!(names(&registrar).is_empty());
            // The disk still has it: a later run shows it for one lease.
            disk.fill(false);
            let next = start(&disk, Networks::default());
            assert_eq!(names(&next), ["shop"]);
            sleep(Duration::from_secs(11)).await;
            assert_eq!((names(&next).len(), disk.len()), (0, 0));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_the_settings_no_longer_allow_is_forgotten() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::default();
            let networks = serde_json::from_str(r#"["10.0.0.0/8"]"#).unwrap();
            let registrar = start(&disk, networks);
            let far = body("far", "http://10.1.2.3", 60);
            Rc::clone(&registrar).register(far).await.unwrap();
            register(&registrar, "near", 1, 60).await;
            let next = start(&disk, Networks::default());
            assert_eq!(names(&next), ["near"]);
            sleep(Duration::from_secs(1)).await;
            assert_eq!(disk.len(), 1);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn of_two_that_want_one_place_at_the_same_time_one_has_it() {
    LocalSet::new()
        .run_until(async {
            let registrar = start(&Disk::default(), Networks::default());
            let one = Rc::clone(&registrar).register(body("one", "http://127.0.0.1:1", 60));
            let other = Rc::clone(&registrar).register(body("other", "http://127.0.0.1:1", 60));
            let (one, other) = tokio::join!(one, other);
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            assert_eq!(names(&registrar).len(), 1);
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_change_that_has_begun_is_made_even_if_whoever_asked_for_it_has_gone() {
    LocalSet::new()
        .run_until(async {
            let disk = Disk::default();
            let registrar = start(&disk, Networks::default());
            let asked = Rc::clone(&registrar).register(body("shop", "http://127.0.0.1:1", 60));
            let gone = tokio::time::timeout(Duration::ZERO, asked).await;
            assert!(gone.is_err() && names(&registrar).is_empty());
            sleep(Duration::from_secs(1)).await;
            assert_eq!(
                (names(&registrar), disk.len()),
                (vec!["shop".to_owned()], 1)
            );
        })
        .await;
}
