"""Which picture of a title to show to whom, and which policy of showing is worth having?

Two halves: logs of a real shop as they are, and a semi-synthetic title whose truth is known.

    python flow.py run
    flownote run flow.py --rounds 40000
"""

import numpy as np

import artwork_report as report
import policies
import shop
import taste_groups as tastes
from flownote import FlowSpec, Parameter, current, step


class ArtworkPersonalization(FlowSpec):
    """Judges policies from logs: a shop's, then a title's whose click rates are known."""

    rounds = Parameter("rounds", default=20_000, help="Rounds that each policy learns from")
    logged = Parameter("logged", default=10_000, help="Rounds of the log that they are judged by")
    seed = Parameter("seed", default=7, help="Draws members, pictures and clicks")

    @step
    def start(self):
        """Says what is real."""
        print("shop: real logs. title: real tastes, pictures and click rates made up.")
        self.next(self.judge_shop, self.group_members)

    @step
    def judge_shop(self):
        """Estimates, from a shop's logs, a policy that the shop didn't log."""
        self.campaigns = [shop.judge(campaign) for campaign in shop.CAMPAIGNS]
        print(report.campaigns(self.campaigns))
        self.next(self.tell)

    @step
    def group_members(self):
        """Groups MovieLens members by taste, and makes up how likely each group clicks."""
        share = tastes.shares()
        self.group = tastes.groups(share)
        self.rates = tastes.click_rates(share, self.group)
        print(report.world(self.group, self.rates))
        self.candidates = list(policies.CANDIDATES)
        self.next(self.learn, foreach="candidates")

    @step
    def learn(self):
        """Lets one policy choose and learn."""
        self.name = self.input
        self.policy, self.regret = policies.learn(
            self.name, self.rates, self.group, rounds=self.rounds, seed=self.seed
        )
        self.next(self.judge)

    @step
    def judge(self, inputs):
        """Judges all policies by one log of another, beside their true worth."""
        self.merge_artifacts(inputs, include=["group", "rates"])
        log, served = policies.logging(
            self.rates, self.group, rounds=self.logged, seed=self.seed + 1
        )
        learnt = {it.name: it.policy for it in inputs}
        self.regrets = {it.name: it.regret for it in inputs}
        self.had = shop.row("as logged", log.observed())
        self.judged, estimates = {}, {}
        for name, policy in learnt.items():
            rows, estimates[name] = policies.judge(policy, log, served)
            self.judged[name] = {
                "rows": rows,
                "worth": policies.worth(policy, self.rates, self.group),
                "over_logged": str(estimates[name].compare(log.observed())),
            }
        self.best = max(estimates, key=lambda name: estimates[name].value)
        for name, estimate in estimates.items():
            self.judged[name]["below_best"] = (
                "best" if name == self.best else str(estimate.compare(estimates[self.best]))
            )
        self.best_policy = learnt[self.best]
        print(report.judged(self.judged, self.best))
        self.next(self.tell)

    @step
    def tell(self, inputs):
        """Draws what was found."""
        self.merge_artifacts(inputs)
        self.shop_chart = report.shop_chart(self.campaigns)
        self.regret_chart = report.regret_chart(self.regrets, self.rounds)
        self.worth_chart = report.worth_chart(self.judged)
        self.shown = self.best_policy.propensities(tastes.contexts(np.arange(len(tastes.GROUPS))))
        self.report = report.page(self)
        # What `flownote serve` needs beside the policy.
        self.title, self.pictures = tastes.TITLE, list(tastes.PICTURES)
        self.member_ids, self.contexts = tastes.member_ids(), tastes.contexts(self.group)
        self.next(self.end)

    @step
    def end(self):
        """Says what to type next."""
        print(report.next_commands(current.flow_name, current.run_id))


if __name__ == "__main__":
    ArtworkPersonalization()
