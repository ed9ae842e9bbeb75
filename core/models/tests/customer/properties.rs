//! What holds of every customer, and what is no customer.

use flownote_models::customer::{
    BgNbd, Customer, Estimates, GammaGamma, ParetoNbd, PurchaseModel, Purchases,
    ShiftedBetaGeometric,
};
use flownote_models::{Model, ModelError, Saved};
use proptest::prelude::*;

fn estimates<const N: usize>(values: [f64; N]) -> Estimates<N> {
    Estimates {
        values,
        standard_errors: [f64::NAN; N],
        log_likelihood: f64::NEG_INFINITY,
        customers: 1,
        iterations: 0,
    }
}

/// A parameter between 0.01 and 100.
fn parameter() -> impl Strategy<Value = f64> {
    (-2.0..2.0).prop_map(|exponent: f64| 10f64.powf(exponent))
}

fn models() -> impl Strategy<Value = Box<dyn PurchaseModel>> {
    prop_oneof![
        prop::array::uniform4(parameter()).prop_map(|values| {
            Box::new(BgNbd { estimates: estimates(values) }) as Box<dyn PurchaseModel>
        }),
        prop::array::uniform4(parameter()).prop_map(|values| {
            Box::new(ParetoNbd { estimates: estimates(values) }) as Box<dyn PurchaseModel>
        }),
    ]
}

fn customers() -> impl Strategy<Value = Customer> {
    (prop_oneof![Just(0_u32), 1..10_u32, 10..5000_u32], 0.0..=1.0_f64, 0.0..500.0_f64).prop_map(
        |(frequency, recency, age)| Customer {
            frequency: f64::from(frequency),
            recency: if frequency == 0 { 0.0 } else { recency * age },
            age,
        },
    )
}

proptest! {
    #[test]
    fn answers_are_of_their_kind(model in models(), customer in customers(), ahead in 0.0..500.0) {
        let alive = model.probability_alive(customer);
        prop_assert!((0.0..=1.0).contains(&alive), "{alive} alive");
        prop_assert!(model.log_likelihood(customer).is_finite());
        let expected = model.future_purchases(customer, ahead);
        prop_assert!(expected.is_finite() && expected >= 0.0, "{expected} purchases");
        // The longer, the more; and never more than an immortal customer's.
        let longer = model.future_purchases(customer, ahead + 10.0);
        prop_assert!(longer >= expected * (1.0 - 1e-8) - 1e-8, "{longer} after {expected}");
        prop_assert!(model.future_purchases(customer, 0.0).abs() < 1e-9);
    }

    #[test]
    fn who_bought_lately_is_more_likely_alive(
        model in models(), frequency in 1..300_u32, age in 1.0..300.0, early in 0.0..1.0, late in 0.0..1.0,
    ) {
        let (early, late) = if early < late { (early, late) } else { (late, early) };
        let alive = |share: f64| model.probability_alive(Customer {
            frequency: f64::from(frequency), recency: share * age, age,
        });
        prop_assert!(alive(late) >= alive(early) - 1e-12);
    }

    #[test]
    fn who_is_silent_for_longer_is_less_likely_alive(
        model in models(), frequency in 1..300_u32, recency in 0.0..100.0, wait in 0.0..100.0, more in 0.0..100.0,
    ) {
        let alive = |wait: f64| model.probability_alive(Customer {
            frequency: f64::from(frequency), recency, age: recency + wait,
        });
        prop_assert!(alive(wait + more) <= alive(wait) + 1e-12);
    }

    #[test]
    fn the_unit_of_time_changes_nothing(
        [r, alpha, s, beta] in prop::array::uniform4(parameter()),
        customer in customers(), ahead in 0.0..100.0, unit in 0.01..100.0,
    ) {
        let Customer { frequency, recency, age } = customer;
        let scaled = Customer { frequency, recency: recency * unit, age: age * unit };
        let pairs: [[Box<dyn PurchaseModel>; 2]; 2] = [
            [alpha, alpha * unit].map(|alpha| {
                Box::new(BgNbd { estimates: estimates([r, alpha, s, beta]) }) as Box<dyn PurchaseModel>
            }),
            [1.0, unit].map(|unit| {
                let values = [r, alpha * unit, s, beta * unit];
                Box::new(ParetoNbd { estimates: estimates(values) }) as Box<dyn PurchaseModel>
            }),
        ];
        for [weeks, days] in pairs {
            let (one, other) = (weeks.probability_alive(customer), days.probability_alive(scaled));
            prop_assert!((one - other).abs() < 1e-9, "{one} {other}");
            let one = weeks.future_purchases(customer, ahead);
            let other = days.future_purchases(scaled, ahead * unit);
            prop_assert!((one - other).abs() <= 1e-8 * one.max(1.0), "{one} {other}");
        }
    }

    #[test]
    fn whatever_is_given_nothing_panics(
        rows in prop::collection::vec((any::<f64>(), any::<f64>(), any::<f64>()), 0..6),
    ) {
        let column = |of: fn(&(f64, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
        let (first, second, third) = (column(|r| r.0), column(|r| r.1), column(|r| r.2));
        if let Ok(purchases) = Purchases::new(&first, &second, &third) {
            let _ = BgNbd::fit(&purchases, &|| false);
            let _ = ParetoNbd::fit(&purchases, &|| false);
        }
        let _ = GammaGamma::fit(&first, &second, &|| false);
        let _ = ShiftedBetaGeometric::fit(&first, 10.0);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn small_groups_are_fitted_or_refused(
        rows in prop::collection::vec((0..4_u32, 0.0..=1.0_f64, 1..40_u32), 0..40),
    ) {
        let frequency: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let age: Vec<f64> = rows.iter().map(|row| f64::from(row.2)).collect();
        let recency: Vec<f64> =
            rows.iter().map(|row| if row.0 == 0 { 0.0 } else { row.1 * f64::from(row.2) }).collect();
        let purchases = Purchases::new(&frequency, &recency, &age).unwrap();
        for fitted in [BgNbd::fit(&purchases, &|| false).map(|m| m.estimates), ParetoNbd::fit(&purchases, &|| false).map(|m| m.estimates)] {
            match fitted {
                Ok(found) => prop_assert!(found.values.iter().all(|x| x.is_finite() && *x > 0.0)),
                Err(ModelError::Diverged { .. } | ModelError::Input { .. }) => {}
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }
}

fn refused(error: ModelError, expected: &str) {
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_cannot_be_fitted_is_told() {
    let none = Purchases::new(&[], &[], &[]).unwrap();
    let too_few = "`frequency` has 0 customers, too few for 4 parameters";
    refused(BgNbd::fit(&none, &|| false).unwrap_err(), too_few);
    refused(ParetoNbd::fit(&none, &|| false).unwrap_err(), too_few);
    let single = Purchases::new(&[2.0], &[3.0], &[9.0]).unwrap();
    let too_few = "`frequency` has 1 customers, too few for 4 parameters";
    refused(BgNbd::fit(&single, &|| false).unwrap_err(), too_few);
    let once = Purchases::new(&[0.0; 50], &[0.0; 50], &[9.0; 50]).unwrap();
    let nobody = "`frequency` is 0 for all customers: nobody bought again";
    refused(BgNbd::fit(&once, &|| false).unwrap_err(), nobody);
    refused(ParetoNbd::fit(&once, &|| false).unwrap_err(), nobody);
    let error = GammaGamma::fit(&[0.0; 9], &[0.0; 9], &|| false).unwrap_err();
    refused(error, "`frequency` is above 0 for 0 customers, too few for 3 parameters");
    let error = GammaGamma::fit(&[1.0, 2.0], &[5.0, -1.0], &|| false).unwrap_err();
    refused(error, "`value` is -1 at row 1, whose customer bought");
    let error = ShiftedBetaGeometric::fit(&[600.0, 500.0], 1000.0).unwrap_err();
    refused(error, "`losses` sums up to 1100, more than the 1000 customers");
    let error = ShiftedBetaGeometric::fit(&[3.0], 1000.0).unwrap_err();
    refused(error, "`losses` has 3 losses in 1 periods");
    let error = ShiftedBetaGeometric::fit(&[f64::NAN, 1.0], 1000.0).unwrap_err();
    refused(error, "`losses` is NaN at position 0, which is no count");
}

#[test]
fn customers_who_are_all_alike_have_no_fit() {
    let error = GammaGamma::fit(&[3.0; 20], &[7.0; 20], &|| false).unwrap_err();
    assert!(error.to_string().starts_with("Gamma-Gamma did not converge"), "{error}");
}

#[test]
fn models_are_what_was_saved() {
    let model = ParetoNbd { estimates: estimates([0.1, 0.2, 0.3, 1.0 / 3.0]) };
    let saved = Saved::from_bytes(&model.save().to_bytes()).unwrap();
    assert_eq!(ParetoNbd::load(&saved).unwrap().estimates.values, model.estimates.values);
    let error = BgNbd::load(&saved).unwrap_err();
    refused(error, "this isn't a saved customer.bg_nbd: it is a `customer.pareto_nbd`");
}
