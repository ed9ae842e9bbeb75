"""Which frames of a film make good artwork, and why not the others?

The film is shared out among tasks, which measure every frame: light, sharpness, composition,
faces. Beside them another finds the shots. Of all frames twelve are chosen that are good and
unlike each other, and every other one is told why not.

    python flow.py run
    python flow.py run --film yours.mp4
"""

import numpy as np

import artwork_charts
import artwork_report
import choosing
import contact_sheet
import sample_film
from flownote import FlownoteException, FlowSpec, Parameter, current, step
from flownote.video import Video


class ArtworkPipeline(FlowSpec):
    """Chooses frames of a film and says why."""

    film = Parameter("film", default="", help="A film's file; without one, a film is made")
    parts = Parameter("parts", default=4, help="Among how many tasks the film is shared out")
    every = Parameter("every", default=0, help="Looks at each so many'th frame; 0: as is fit")
    network = Parameter("network", default="", help="A YuNet's ONNX file, to find faces by")
    count = Parameter("count", default=12, help="How many frames to choose")
    diversity = Parameter("diversity", default=0.4, help="What being unlike counts, 0 to 1")

    @step
    def start(self):
        """Looks at the film and shares it out."""
        if self.parts < 1 or self.count < 1 or self.every < 0:
            raise FlownoteException(
                f"`--parts` is {self.parts}, `--count` {self.count}, `--every` {self.every}",
                hint="give one part and one frame at least, and zero or more for `--every`",
            )
        self.path = self.film or str(sample_film.made())
        video = Video(self.path)
        self.title = self.film or "a film of known shots"
        self.frames = len(video.times())
        self.step = self.every or choosing.fit_step(self.frames, float(video.rate))
        ends = np.linspace(0, self.frames, min(self.parts, self.frames) + 1).astype(int)
        # Parts begin at multiples of the step: the same frames are seen however many there are.
        ends = -(-ends // self.step) * self.step
        self.ranges = list(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))
        print(artwork_report.opened(video, self.frames, self.step, len(self.ranges)))
        self.next(self.shots, self.share_out)

    @step
    def shots(self):
        """Finds the shots, one frame after the other."""
        self.found = choosing.shots(self.path)
        print(artwork_report.shots(self.found, float(Video(self.path).rate)))
        self.next(self.choose)

    @step
    def share_out(self):
        """Gives each part of the film to a task."""
        self.next(self.look, foreach="ranges")

    @step
    def look(self):
        """Measures the frames of one part and finds faces in them."""
        first, stop = self.input
        self.seen = choosing.look(self.path, first, stop, self.step, self.network)
        self.next(self.gather)

    @step
    def gather(self, inputs):
        """Puts the parts together again."""
        self.merge_artifacts(inputs, exclude=["seen"])
        self.seen = choosing.together([part.seen for part in inputs])
        self.next(self.choose)

    @step
    def choose(self, inputs):
        """Scores all frames, filters them and chooses."""
        self.merge_artifacts(inputs)
        self.candidates = choosing.candidates(self.seen, self.found)
        self.ranked = choosing.rank(self.candidates, count=self.count, diversity=self.diversity)
        self.chosen = [row for row in self.ranked if row["chosen"]]
        self.rejected = [row for row in self.ranked if not row["chosen"]]
        self.shares = choosing.shares(self.ranked)
        print(artwork_report.chosen(self.chosen))
        print(artwork_report.rejected(self.shares, len(self.ranked)))
        self.next(self.sheet)

    @step
    def sheet(self):
        """Makes the contact sheet, and charts of the same."""
        shown = contact_sheet.some_of_each(self.rejected, self.count)
        jpegs = contact_sheet.pictures(self.path, [it["frame"] for it in [*self.chosen, *shown]])
        self.reasons = artwork_charts.reasons(
            self.shares, rejected=len(self.rejected), looked=len(self.ranked)
        )
        self.scores = artwork_charts.film(
            self.ranked,
            self.found,
            [it["frame"] for it in self.chosen],
            rate=float(Video(self.path).rate),
        )
        said = "\n".join(
            [
                artwork_report.chosen(self.chosen),
                artwork_report.rejected(self.shares, len(self.ranked)),
            ]
        )
        self.page = contact_sheet.page(
            self.title, self.chosen, shown, jpegs, [self.scores, self.reasons], said
        )
        self.next(self.end)

    @step
    def end(self):
        """Says what to type next."""
        print(artwork_report.next_commands(current.flow_name, current.run_id))


if __name__ == "__main__":
    ArtworkPipeline()
