//! Parts of a frame.

/// A part of a frame in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rectangle {
    /// The column of its left edge.
    pub x: usize,
    /// The row of its upper edge.
    pub y: usize,
    /// How many columns it has.
    pub width: usize,
    /// How many rows it has.
    pub height: usize,
}

impl Rectangle {
    /// What of a box lies within a frame; nothing where that is no pixel.
    pub(super) fn within(
        [x, y, width, height]: [i64; 4],
        frame: (usize, usize),
    ) -> Option<Rectangle> {
        let side = |begin: i64, length: i64, limit: usize| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let (first, last) = (begin.clamp(0, limit), (begin + length).clamp(0, limit));
            (last > first).then_some((first as usize, (last - first) as usize))
        };
        let (x, width) = side(x, width, frame.0)?;
        let (y, height) = side(y, height, frame.1)?;
        Some(Rectangle { x, y, width, height })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_cut_at_the_frames_edges() {
        let found = Rectangle::within([-5, 2, 20, 20], (10, 12)).unwrap();
        assert_eq!(found, Rectangle { x: 0, y: 2, width: 10, height: 10 });
        assert_eq!(Rectangle::within([10, 0, 5, 5], (10, 10)), None);
        assert_eq!(Rectangle::within([-9, 0, 5, 5], (10, 10)), None);
    }
}
