//! What no model can be fitted to: an error that says so, never a panic.

use flownote_models::recommend::{
    Bpr, BprOptions, Ease, Events, Filter, Ials, IalsOptions, Interactions, ItemKnn, Metric,
    Popularity, Recommender, Solver, top_k,
};
use flownote_models::{Model, ModelError, Saved};

use crate::simulated::{Matrix, members};

const IALS: IalsOptions =
    IalsOptions { factors: 9, alpha: 1.0, l2: 1.0, iterations: 3, solver: Solver::Blocks, seed: 0 };
const BPR: BprOptions =
    BprOptions { factors: 9, learning_rate: 0.05, l2: 0.01, iterations: 3, seed: 0 };

fn never() -> bool {
    false
}

/// Fits every model; what each says of the fit.
fn fits(events: &Interactions<'_>) -> Vec<Result<(), ModelError>> {
    vec![
        Popularity::fit(events).and_then(|model| uses(&model, events)),
        ItemKnn::fit(events, 5, 1.0, &never).and_then(|model| uses(&model, events)),
        Ease::fit(events, 1.0, &never).and_then(|model| uses(&model, events)),
        Ials::fit(events, IALS, &never).and_then(|model| uses(&model, events)),
        Ials::fit(events, IalsOptions { solver: Solver::Exact, ..IALS }, &never)
            .and_then(|model| uses(&model, events)),
        Bpr::fit(events, BPR, &never).and_then(|model| uses(&model, events)),
    ]
}

/// Ranks and explains: nothing that comes of it is no number.
fn uses(model: &impl Recommender, events: &Interactions<'_>) -> Result<(), ModelError> {
    let ranking = top_k(model, events, None, 1, Filter::default(), &never)?;
    assert!(ranking.scores.iter().all(|score| score.is_finite()));
    for row in events.rows() {
        let reasons = model.explain(row, 0)?.unwrap_or_default();
        assert!(reasons.iter().all(|reason| reason.adds.is_finite()));
    }
    Ok(())
}

#[test]
fn no_events_are_told() {
    for (members, items) in [(0, 0), (0, 5), (5, 0), (5, 5)] {
        let matrix = Matrix::of(&vec![Vec::new(); members], items);
        for fit in fits(&matrix.events()) {
            let error = fit.unwrap_err().to_string();
            assert_eq!(error, format!("`events` has no events: {members} members × {items} items"));
        }
    }
}

#[test]
fn one_item_one_member_or_one_event_is_enough() {
    let one_item = Matrix::of(&[vec![(0, 1.0)], vec![], vec![(0, 2.0)]], 1);
    let one_member = Matrix::of(&[vec![(0, 1.0), (1, 1.0), (2, 1.0)]], 3);
    let one_event = Matrix::of(&[vec![], vec![(1, 1e6)], vec![]], 3);
    for matrix in [one_item, one_member, one_event] {
        fits(&matrix.events()).into_iter().for_each(|fit| fit.unwrap());
    }
}

#[test]
fn options_out_of_their_range_are_told() {
    let (known, _) = members(20, 10, 1);
    let events = known.events();
    let told = |error: ModelError| error.to_string();
    let ease = |l2| told(Ease::fit(&events, l2, &never).unwrap_err());
    assert_eq!(ease(0.0), "`l2` is 0");
    assert_eq!(ease(f64::NAN), "`l2` is NaN");
    assert_eq!(ease(f64::INFINITY), "`l2` is inf");
    let knn = |k, shrinkage| told(ItemKnn::fit(&events, k, shrinkage, &never).unwrap_err());
    assert_eq!(knn(0, 1.0), "`k` is 0");
    assert_eq!(knn(1, -1.0), "`shrinkage` is -1");
    let ials = |options| told(Ials::fit(&events, options, &never).unwrap_err());
    assert_eq!(ials(IalsOptions { factors: 0, ..IALS }), "`factors` is 0");
    assert_eq!(ials(IalsOptions { l2: 0.0, ..IALS }), "`l2` is 0");
    assert_eq!(ials(IalsOptions { alpha: f64::NAN, ..IALS }), "`alpha` is NaN");
    let bpr = |options| told(Bpr::fit(&events, options, &never).unwrap_err());
    assert_eq!(bpr(BprOptions { learning_rate: 2.0, ..BPR }), "`learning_rate` is 2");
    assert_eq!(bpr(BprOptions { l2: -0.5, ..BPR }), "`l2` is -0.5");
}

#[test]
fn a_fit_that_is_stopped_ends() {
    let (known, _) = members(20, 10, 1);
    let (events, now) = (known.events(), || true);
    assert_eq!(ItemKnn::fit(&events, 5, 1.0, &now), Err(ModelError::Cancelled));
    assert_eq!(Ease::fit(&events, 1.0, &now), Err(ModelError::Cancelled));
    assert_eq!(Ials::fit(&events, IALS, &now), Err(ModelError::Cancelled));
    assert_eq!(Bpr::fit(&events, BPR, &now), Err(ModelError::Cancelled));
}

#[test]
fn rankings_of_other_items_or_members_are_told() {
    let (known, _) = members(20, 10, 1);
    let (others, _) = members(20, 12, 1);
    let events = known.events();
    let model = Ials::fit(&events, IALS, &never).unwrap();
    let told = |rows: &Interactions<'_>, known: Option<&[usize]>, k, filter| {
        top_k(&model, rows, known, k, filter, &never).unwrap_err().to_string()
    };
    let all = Filter::default();
    assert_eq!(told(&others.events(), None, 3, all), "`events` has 12 items, and the fit had 10");
    assert_eq!(told(&events, None, 11, all), "`k` is 11 of 10 items");
    assert_eq!(told(&events, Some(&[1]), 3, all), "`members` has 1 numbers for 20 rows");
    assert_eq!(told(&events, Some(&[20; 20]), 3, all), "`members` has 20");
    let filter = Filter { unseen: false, allowed: Some(&[true]) };
    assert_eq!(told(&events, None, 3, filter), "`allowed` has 1 values for 10 items");
    let plain = Popularity::fit(&events).unwrap();
    let error = top_k(&plain, &events, Some(&[0; 20]), 3, all, &never).unwrap_err();
    assert_eq!(error.to_string(), "`members` has 0, and this model keeps nothing of members");
    assert!(Events::new(&[3, 1], &[1.0, 1.0], 10).is_err());
    assert!(Events::new(&[3], &[], 10).is_err());
    let error = Metric::Recall(5).measure(&[1, 2], 2, &events).unwrap_err().to_string();
    assert_eq!(error, "`ranking` has 2 places for 20 members");
}

#[test]
fn what_was_not_saved_by_the_model_is_told() {
    let (known, _) = members(20, 10, 1);
    let events = known.events();
    let saved = [
        ItemKnn::fit(&events, 3, 1.0, &never).unwrap().save(),
        Ease::fit(&events, 1.0, &never).unwrap().save(),
        Ials::fit(&events, IALS, &never).unwrap().save(),
        Bpr::fit(&events, BPR, &never).unwrap().save(),
        Popularity::fit(&events).unwrap().save(),
    ];
    let loads = |saved: &Saved| {
        [
            ItemKnn::load(saved).err(),
            Ease::load(saved).err(),
            Ials::load(saved).err(),
            Bpr::load(saved).err(),
            Popularity::load(saved).err(),
        ]
    };
    for whole in saved {
        assert_eq!(loads(&whole).iter().filter(|error| error.is_none()).count(), 1);
        for name in whole.arrays.keys() {
            let mut missing = whole.clone();
            missing.arrays.remove(name);
            let mut unfit = whole.clone();
            unfit.arrays.get_mut(name).unwrap().values.fill(f64::NAN);
            let mut other = whole.clone();
            other.arrays.get_mut(name).unwrap().shape = vec![1, 1, 1];
            other.arrays.get_mut(name).unwrap().values = vec![-3.5];
            let vectors =
                matches!((whole.kind.as_str(), name.as_str()), ("recommend.popularity", "counts"));
            for (wrong, fails) in [(missing, true), (unfit, true), (other, !vectors)] {
                let errors = loads(&wrong);
                assert!(!fails || errors.iter().all(Option::is_some), "{} {name}", whole.kind);
                assert!(errors.iter().flatten().all(|it| matches!(it, ModelError::Saved { .. })));
            }
        }
    }
}
