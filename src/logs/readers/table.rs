//! Tables: CSV with any of the delimiters that Excel writes, its columns found by their names.

use std::borrow::Cow;
use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

use super::Reading;
use crate::logs::input::{LogFile, MAX_RECORD};
use crate::logs::times::{DateOrder, OrderEvidence};

/// Rows of a file, one after the other.
pub struct Table<'f> {
    reader: Box<dyn BufRead + 'f>,
    parser: csv_core::Reader,
    header: Header,
    cells: Vec<u8>,
    ends: Vec<usize>,
    filled: (usize, usize),
    number: u64,
    /// The last row that was read had no line end.
    is_at_end: bool,
}

/// A column; one that the file lacks is empty in every row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column(Option<usize>);

impl Column {
    /// The file has it.
    pub const fn is_there(self) -> bool {
        self.0.is_some()
    }
}

/// A row.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    cells: &'a [u8],
    ends: &'a [usize],
    /// Its number, from 1, without the header.
    pub number: u64,
}

impl<'a> Row<'a> {
    /// The text of a cell, empty when there is none.
    pub fn text(&self, column: Column) -> Cow<'a, str> {
        let Some(index) = column.0.filter(|index| *index < self.ends.len()) else { return Cow::Borrowed("") };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        String::from_utf8_lossy(self.cells.get(start..self.ends[index]).unwrap_or_default())
    }

    /// The text of a cell, when it is not empty.
    pub fn get(&self, column: Column) -> Option<Cow<'a, str>> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// All cells, one behind the other.
    pub const fn bytes(&self) -> &'a [u8] {
        self.cells
    }
}

/// What the columns of a table are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header(Vec<String>);

impl Header {
    /// Of these names.
    pub fn of<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Self {
        Self(names.into_iter().map(|name| squashed(name.as_ref())).collect())
    }

    /// The column of a name, whatever its case, with or without spaces and underscores; the first that there is.
    pub fn column(&self, names: &[&str]) -> Column {
        Column(names.iter().find_map(|name| {
            let name = squashed(name);
            self.0.iter().position(|column| *column == name)
        }))
    }
}

/// Cells that were cut out of something else than CSV.
#[derive(Debug, Default)]
pub struct Cells {
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    /// None are left.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.ends.clear();
    }

    /// Another one, behind the others.
    pub fn push(&mut self, cell: &str) {
        self.cells.extend_from_slice(cell.as_bytes());
        self.ends.push(self.cells.len());
    }

    /// The row that they are.
    pub fn row(&self, number: u64) -> Row<'_> {
        Row { cells: &self.cells, ends: &self.ends, number }
    }
}

impl<'f> Table<'f> {
    /// The rows of a file; its header is read.
    pub fn open(file: &'f LogFile) -> io::Result<Self> {
        let header = file.head.lines().next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|delimiter| {
            let count = header.bytes().filter(|byte| byte == delimiter).count();
            (count, *delimiter == b',')
        });
        let parser = csv_core::ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).build();
        let mut table = Self {
            reader: file.reader()?,
            parser,
            header: Header::default(),
            cells: vec![0; 4096],
            ends: vec![0; 64],
            filled: (0, 0),
            number: 0,
            is_at_end: false,
        };
        if table.fill()?.is_some() {
            let header = table.row();
            table.header = Header::of((0..header.ends.len()).map(|index| header.text(Column(Some(index)))));
            table.number = 0;
        }
        Ok(table)
    }

    /// What its columns are called.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The column of a name.
    pub fn column(&self, names: &[&str]) -> Column {
        self.header.column(names)
    }

    /// The next row. One that the file's end cuts is said and left out.
    pub fn next_row(&mut self, reading: &mut Reading<'_>) -> io::Result<Option<Row<'_>>> {
        let columns = self.header.0.len();
        while let Some(is_oversized) = self.fill()? {
            if is_oversized {
                reading.warnings.at("oversized-record", self.number);
                continue;
            }
            return Ok(self.whole_row(columns, reading));
        }
        Ok(None)
    }

    /// Gives every cell, with the name of its column without spaces and underscores, in lower case.
    pub fn each_cell(&mut self, mut give: impl FnMut(&str, &str)) -> io::Result<()> {
        while self.fill()?.is_some() {
            let row = self.row();
            for (index, column) in self.header.0.iter().enumerate() {
                give(column, &row.text(Column(Some(index))));
            }
        }
        Ok(())
    }

    /// Gives the cells of one column.
    pub fn each_of(&mut self, column: Column, give: &mut dyn FnMut(&str)) -> io::Result<()> {
        while let Some(row) = self.any_row()? {
            give(&row.text(column));
        }
        Ok(())
    }

    /// The next row, whatever is odd about it.
    fn any_row(&mut self) -> io::Result<Option<Row<'_>>> {
        Ok(self.fill()?.map(|_| self.row()))
    }

    fn whole_row(&self, columns: usize, reading: &mut Reading<'_>) -> Option<Row<'_>> {
        if self.is_at_end && self.filled.1 < columns {
            reading.warnings.once("truncated-last-line");
            return None;
        }
        if self.is_at_end {
            reading.warnings.once("no-final-newline");
        }
        Some(self.row())
    }

    fn row(&self) -> Row<'_> {
        let (cells, ends) = self.filled;
        Row { cells: &self.cells[..cells], ends: &self.ends[..ends], number: self.number }
    }

    /// Reads a row; whether it was longer than a record may be.
    fn fill(&mut self) -> io::Result<Option<bool>> {
        let (mut cell, mut end, mut is_oversized) = (0, 0, false);
        loop {
            let block = self.reader.fill_buf()?;
            let is_end = block.is_empty();
            let (result, read, written, ended) =
                self.parser.read_record(block, &mut self.cells[cell..], &mut self.ends[end..]);
            self.reader.consume(read);
            (cell, end) = (cell + written, end + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                // Of a row that is too long only the end is still looked for.
                ReadRecordResult::OutputFull if cell >= MAX_RECORD => (is_oversized, cell) = (true, 0),
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.filled = (cell, end);
                    self.number += 1;
                    self.is_at_end = is_end;
                    return Ok(Some(is_oversized));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }
}

/// Which number of the dates in a column is the month, by all of its cells; said when they do not tell.
pub fn date_order(file: &LogFile, column: Column, reading: &mut Reading<'_>) -> io::Result<DateOrder> {
    let (mut table, mut evidence) = (Table::open(file)?, OrderEvidence::default());
    while let Some(row) = table.any_row()? {
        evidence.see(&row.text(column));
    }
    if evidence.is_needed && evidence.order().is_none() {
        reading.warnings.once("ambiguous-date");
    }
    Ok(evidence.order().unwrap_or_default())
}

/// A name without what differs between releases of one export.
fn squashed(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}');
    name.chars().filter(|c| !matches!(c, ' ' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::format::Format;
    use crate::logs::readers::Options;

    fn rows(text: &str) -> (Vec<[String; 2]>, Vec<String>) {
        let file = LogFile::in_memory("a.csv", text.as_bytes().to_vec()).unwrap();
        let (options, mut sink) = (Options::default(), |_| {});
        let mut reading = Reading::of(&file, Format::OktaSyslogCsv, &options, &mut sink);
        let mut table = Table::open(&file).unwrap();
        let (first, second) = (table.column(&["Change ID"]), table.column(&["none", "new_value"]));
        let mut seen = Vec::new();
        while let Some(row) = table.next_row(&mut reading).unwrap() {
            seen.push([row.text(first).into_owned(), row.text(second).into_owned()]);
        }
        (seen, reading.warnings.into_list().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn columns_are_found_by_name_and_cells_kept_as_they_are() {
        let expected = [["1".to_owned(), "a;\"b\"\nc".to_owned()], ["=2".to_owned(), String::new()]];
        for text in [
            "changeId;newValue\r\n1;\"a;\"\"b\"\"\nc\"\r\n=2;\r\n",
            "NewValue,x,CHANGE_ID\n\"a;\"\"b\"\"\nc\",,1\n,,=2\n",
            "change id\tnew value\n1\t\"a;\"\"b\"\"\nc\"\n=2\t\n",
        ] {
            assert_eq!(rows(text), (expected.to_vec(), vec![]), "{text}");
        }
    }

    #[test]
    fn a_row_that_the_end_cuts_is_left_out() {
        assert_eq!(rows("changeId,newValue,z\n1,a,\n2,b").1, ["truncated-last-line"]);
        assert_eq!(
            rows("changeId,newValue\n1,a\n2,b"),
            (vec![["1".into(), "a".into()], ["2".into(), "b".into()]], vec!["no-final-newline".into()])
        );
        assert_eq!(rows(""), (vec![], vec![]));
    }
}
