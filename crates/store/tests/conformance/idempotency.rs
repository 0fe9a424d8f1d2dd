//! Claims about answers kept for repeated POSTs.

use horarium_store::{ANSWERS_PURGED_MAX, Begun, CallKey, KeptAnswer, Store};
use jiff::Timestamp;

use super::support::{at, together};

const DAY: i64 = 24 * 3_600;

fn call(begun_at: Timestamp) -> CallKey {
    CallKey { principal: "user:1".to_owned(), key: "k".to_owned(), begun_at }
}

fn answer() -> KeptAnswer {
    KeptAnswer {
        status: 201,
        headers: vec![("location".to_owned(), "/jobs/1".to_owned())],
        body: r#"{"id":"1","name":"ü"}"#.to_owned(),
    }
}

async fn begin(store: &Store, call: CallKey, request: &str) -> Begun {
    store.begin_call(call, request.to_owned()).await.unwrap()
}

both_databases!(a_repeated_call_gets_the_first_ones_answer, |store| async {
    assert_eq!(begin(&store, call(at(0)), "x").await, Begun::Fresh);
    assert_eq!(begin(&store, call(at(1)), "x").await, Begun::InProgress);
    assert!(store.finish_call(call(at(0)), answer()).await.unwrap());
    assert_eq!(begin(&store, call(at(2)), "x").await, Begun::Replay(answer()));
    assert!(!store.finish_call(call(at(0)), answer()).await.unwrap(), "it has its answer");
    assert!(!store.abandon_call(call(at(0))).await.unwrap(), "it has its answer");
});

both_databases!(a_key_belongs_to_one_request_of_one_principal, |store| async {
    begin(&store, call(at(0)), "x").await;
    assert_eq!(begin(&store, call(at(1)), "y").await, Begun::Mismatch);
    store.finish_call(call(at(0)), answer()).await.unwrap();
    assert_eq!(begin(&store, call(at(1)), "y").await, Begun::Mismatch);
    let other = CallKey { principal: "user:2".to_owned(), ..call(at(1)) };
    assert_eq!(begin(&store, other, "y").await, Begun::Fresh);
    let other = CallKey { key: "k2".to_owned(), ..call(at(1)) };
    assert_eq!(begin(&store, other, "y").await, Begun::Fresh);
});

both_databases!(of_many_calls_at_once_one_is_fresh, |store| async {
    let begun = together(16, |n| {
        let store = store.clone();
        async move { store.begin_call(call(at(i64::from(n))), "x".to_owned()).await }
    });
    let begun = begun.await;
    assert_eq!(begun.iter().filter(|begun| **begun == Begun::Fresh).count(), 1, "{begun:?}");
    assert_eq!(begun.iter().filter(|begun| **begun == Begun::InProgress).count(), 15);
});

both_databases!(an_abandoned_call_may_be_made_again, |store| async {
    begin(&store, call(at(0)), "x").await;
    assert!(!store.abandon_call(call(at(1))).await.unwrap(), "not the one that began");
    assert!(store.abandon_call(call(at(0))).await.unwrap());
    assert_eq!(begin(&store, call(at(2)), "y").await, Begun::Fresh);
});

both_databases!(an_answer_is_kept_for_a_day_and_no_longer, |store| async {
    begin(&store, call(at(0)), "x").await;
    store.finish_call(call(at(0)), answer()).await.unwrap();
    assert_eq!(begin(&store, call(at(DAY - 1)), "x").await, Begun::Replay(answer()));
    assert_eq!(begin(&store, call(at(DAY)), "y").await, Begun::Fresh);
    assert_eq!(begin(&store, call(at(DAY + 1)), "y").await, Begun::InProgress);
});

both_databases!(a_call_older_than_a_day_has_lost_its_key, |store| async {
    begin(&store, call(at(0)), "x").await;
    assert_eq!(begin(&store, call(at(DAY)), "x").await, Begun::Fresh);
    assert!(!store.finish_call(call(at(0)), answer()).await.unwrap());
    assert!(!store.abandon_call(call(at(0))).await.unwrap());
    assert!(store.finish_call(call(at(DAY)), answer()).await.unwrap());
});

both_databases!(old_answers_are_forgotten_a_bounded_number_at_a_time, |store| async {
    for n in 0..=ANSWERS_PURGED_MAX {
        let call = CallKey { key: format!("{n}"), ..call(at(0)) };
        begin(&store, call, "x").await;
    }
    begin(&store, call(at(1)), "x").await;
    assert!(store.finish_call(call(at(1)), answer()).await.unwrap());
    assert_eq!(store.purge_answers(at(DAY - 1)).await.unwrap(), 0);
    assert_eq!(store.purge_answers(at(DAY)).await.unwrap(), u64::from(ANSWERS_PURGED_MAX));
    assert_eq!(store.purge_answers(at(DAY)).await.unwrap(), 1);
    assert_eq!(store.purge_answers(at(DAY)).await.unwrap(), 0);
    assert_eq!(begin(&store, call(at(DAY)), "x").await, Begun::Replay(answer()));
});

both_databases!(a_call_that_died_with_its_node_gives_its_key_back_after_a_minute, |store| async {
    begin(&store, call(at(0)), "x").await;
    assert_eq!(begin(&store, call(at(59)), "x").await, Begun::InProgress);
    assert_eq!(begin(&store, call(at(60)), "x").await, Begun::Fresh);
    assert!(
        !store.finish_call(call(at(0)), answer()).await.unwrap(),
        "the dead one's word is void"
    );
    assert!(store.finish_call(call(at(60)), answer()).await.unwrap());
});
