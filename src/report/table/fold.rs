//! Folding text into columns.
//!
//! Input: texts and the room there is for them. Output: the same texts in lines that fit; only white space at
//! a fold is left out. Paths fold before `/`, `?`, `&` and `#`, so that their parts stay whole.

use tabled::grid::util::string::{get_char_width, get_string_width};

/// `text` in lines of at most `width` columns; those after the first begin with `indent`.
pub(super) fn fold(text: &str, width: usize, indent: &str) -> String {
    let mut folded = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        if used + get_string_width(piece.trim_end()) <= width {
            folded.push_str(piece);
            used += get_string_width(piece);
            continue;
        }
        if used > 0 {
            used = break_line(&mut folded, indent);
        }
        for character in piece.chars() {
            let wide = get_char_width(character);
            if used + wide > width && used > indent.len() {
                used = break_line(&mut folded, indent);
            }
            folded.push(character);
            used += wide;
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// How wide each column may be, if all together have `room`: the widest give way first, down to `least`.
pub(super) fn shares(natural: &[usize], least: &[usize], room: usize) -> Vec<usize> {
    let mut shares = natural.to_vec();
    while shares.iter().sum::<usize>() > room {
        let can_give = shares
            .iter_mut()
            .zip(least)
            .filter(|(share, least)| **share > **least);
        let Some((widest, _)) = can_give.max_by_key(|(share, _)| **share) else {
            break;
        };
        *widest -= 1;
    }
    shares
}

/// The widest part of `text` that does not fold.
pub(super) fn longest_piece(text: &str) -> usize {
    pieces(text)
        .map(|piece| get_string_width(piece.trim_end()))
        .max()
        .unwrap_or(0)
}

pub(super) fn width(text: &str) -> usize {
    get_string_width(text)
}

fn break_line(folded: &mut String, indent: &str) -> usize {
    folded.truncate(folded.trim_end().len());
    folded.push('\n');
    folded.push_str(indent);
    indent.len()
}

/// `text` cut wherever it may fold, each piece with the white space after it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut before = rest.chars().next()?;
        let end = rest.char_indices().skip(1).find_map(|(at, character)| {
            // The `?` of a question stays with its word.
            let ends_word = || rest[at..].chars().nth(1).is_none_or(char::is_whitespace);
            let folds = match character {
                ' ' => false,
                _ if matches!(before, ' ' | ',') => true,
                '/' | '?' | '&' | '#' => before.is_alphanumeric() && !ends_word(),
                _ => false,
            };
            before = character;
            folds.then_some(at)
        });
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_words_and_paths() {
        for (text, width, folded) in [
            ("200", 10, "200"),
            ("✗ 404, expected 200", 12, "✗ 404,\n  expected\n  200"),
            (
                "/api/v2/users?page=1&sort=name",
                12,
                "/api/v2\n  /users\n  ?page=1\n  &sort=name",
            ),
            ("https://h.test/a/b", 14, "https://h.test\n  /a/b"),
            ("/abcdefghijklmnop", 8, "/abcdefg\n  hijklm\n  nop"),
            ("/日本語/日本語", 8, "/日本語\n  /日本\n  語"),
            ("is it? yes / no", 6, "is it?\n  yes\n  / no"),
            ("", 5, ""),
        ] {
            assert_eq!(fold(text, width, "  "), folded, "{text} in {width}");
        }
    }

    #[test]
    fn the_widest_gives_way() {
        for (natural, least, room, expected) in [
            (&[40, 3, 20][..], &[5, 3, 5][..], 70, &[40, 3, 20][..]),
            (&[40, 3, 20], &[5, 3, 5], 33, &[15, 3, 15]),
            (&[40, 3, 20], &[5, 3, 18], 33, &[12, 3, 18]),
            (&[40, 3, 20], &[5, 3, 5], 1, &[5, 3, 5]),
        ] {
            assert_eq!(
                shares(natural, least, room),
                expected,
                "{natural:?} in {room}"
            );
        }
    }

    proptest! {
        #[test]
        fn drops_nothing_but_white_space(text in "[a-z/?&日 ]{0,40}", width in 4_usize..20) {
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            let folded = fold(&text, width, "  ");
            prop_assert_eq!(bare(&folded), bare(&text));
            prop_assert!(folded.lines().all(|line| get_string_width(line) <= width));
        }
    }
}
