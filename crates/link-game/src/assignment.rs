//! The best way to pair the left with the right (the Hungarian method).
#![expect(
    clippy::indexing_slicing,
    reason = "rows and columns of a square matrix, counted by itself"
)]

/// Finds for each row the column that it is paired with, so that the sum of the gains is the
/// greatest. There are as many columns as rows.
pub(crate) fn best(gains: &[Vec<f64>]) -> Vec<usize> {
    let n = gains.len();
    // Rows and columns are counted from 1; 0 stands for "none yet".
    let mut row_price = vec![0.0; n + 1];
    let mut column_price = vec![0.0; n + 1];
    let mut row_of = vec![0; n + 1];
    let mut before = vec![0; n + 1];
    for row in 1..=n {
        row_of[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; n + 1];
        let mut used = vec![false; n + 1];
        loop {
            used[column] = true;
            let current = row_of[column];
            let mut step = f64::INFINITY;
            let mut next = 0;
            for other in (1..=n).filter(|other| !used[*other]) {
                let cost = -gains[current - 1][other - 1];
                let reduced = cost - row_price[current] - column_price[other];
                if reduced < least[other] {
                    least[other] = reduced;
                    before[other] = column;
                }
                if least[other] < step {
                    step = least[other];
                    next = other;
                }
            }
            for other in 0..=n {
                if used[other] {
                    row_price[row_of[other]] += step;
                    column_price[other] -= step;
                } else {
                    least[other] -= step;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            let previous = before[column];
            row_of[column] = row_of[previous];
            column = previous;
        }
    }
    let mut paired = vec![0; n];
    for (column, row) in row_of.iter().enumerate().skip(1) {
        if *row > 0 {
            paired[*row - 1] = column - 1;
        }
    }
    paired
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries every way.
    fn greatest(gains: &[Vec<f64>], row: usize, free: &mut Vec<usize>) -> f64 {
        if row == gains.len() {
            return 0.0;
        }
        let mut found = f64::NEG_INFINITY;
        for place in 0..free.len() {
            let column = free.remove(place);
            found = found.max(gains[row][column] + greatest(gains, row + 1, free));
            free.insert(place, column);
        }
        found
    }

    #[test]
    fn no_other_way_gains_more() {
        for seed in 0..50_u64 {
            let gain = |row: usize, column: usize| {
                let mixed = (seed + 1) * (row as u64 * 7 + 3) * (column as u64 * 13 + 5);
                (mixed % 11) as f64
            };
            let gains: Vec<Vec<f64>> = (0..6)
                .map(|row| (0..6).map(|column| gain(row, column)).collect())
                .collect();
            let paired = best(&gains);
            let mut columns = paired.clone();
            columns.sort_unstable();
            assert_eq!(columns, [0, 1, 2, 3, 4, 5]);
            let sum: f64 = paired.iter().zip(&gains).map(|(at, row)| row[*at]).sum();
            assert_eq!(sum, greatest(&gains, 0, &mut (0..6).collect()));
        }
    }

    #[test]
    fn nobody_is_paired_with_nobody() {
        assert!(best(&[]).is_empty());
    }
}
