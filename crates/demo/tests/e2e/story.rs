use std::sync::Arc;

use demo::stage::Place;
use demo::{Listener, Step, Told};
use host::SystemClock;
use vault::Cost;

#[derive(Default)]
struct Notes {
    begun: Vec<Step>,
    told: Vec<Told>,
}

impl Listener for Notes {
    fn begins(&mut self, step: Step) {
        self.begun.push(step);
    }

    fn held(&mut self, told: Told) {
        self.told.push(told);
    }
}

async fn play(place: Place) -> Notes {
    let mut notes = Notes::default();
    let clock = Arc::new(SystemClock);
    let cost = Cost::insecure_for_tests();
    let stage = demo::play(place, "en", cost, clock, &mut notes).await;
    stage.unwrap().clear().await.unwrap();
    notes
}

#[tokio::test]
async fn every_step_of_the_story_holds() {
    let notes = play(Place::passing().unwrap()).await;
    assert_eq!(notes.begun.len(), 7);
    println!("{}", serde_json::to_string_pretty(&notes.told).unwrap());
}
