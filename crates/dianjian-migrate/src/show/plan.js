(function () {
  var table = document.getElementById('shops');
  if (!table) return;
  var bar = document.getElementById('filters');
  var search = document.getElementById('search');
  var outcome = document.getElementById('outcome');
  var late = document.getElementById('late');
  var renamed = document.getElementById('renamed');
  var number = document.getElementById('number');
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var sections = rows.map(function (row) {
    return document.getElementById(row.getAttribute('data-section'));
  });
  var texts = rows.map(function (row, at) {
    var more = sections[at] ? sections[at].textContent : '';
    return (row.textContent + ' ' + more).toLowerCase();
  });
  function filter() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var left = 0;
    rows.forEach(function (row, at) {
      var fits = words.every(function (word) { return texts[at].indexOf(word) >= 0; }) &&
        (!outcome.value || row.getAttribute('data-outcome') === outcome.value) &&
        (!late.checked || row.hasAttribute('data-late')) &&
        (!renamed.checked || row.hasAttribute('data-renamed'));
      row.hidden = !fits;
      if (sections[at]) sections[at].hidden = !fits;
      if (fits) left += 1;
    });
    number.textContent = left + ' / ' + rows.length;
  }
  var order = { column: -1, down: false };
  function sort(column) {
    order = { column: column, down: order.column === column && !order.down };
    var key = function (row) { return row.cells[column].textContent.trim(); };
    rows.map(function (row, at) { return { row: row, at: at, key: key(row) }; }).sort(function (left, right) {
      // What is not known comes last either way.
      if (!left.key !== !right.key) return left.key ? -1 : 1;
      var by = left.key.localeCompare(right.key, undefined, { numeric: true });
      return (order.down ? -by : by) || left.at - right.at;
    }).forEach(function (entry) { body.appendChild(entry.row); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, at) {
      head.setAttribute('aria-sort', at !== column ? 'none' : order.down ? 'descending' : 'ascending');
    });
  }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, at) {
    head.tabIndex = 0;
    head.addEventListener('click', function () { sort(at); });
    head.addEventListener('keydown', function (event) { if (event.key === 'Enter') sort(at); });
  });
  [search, outcome, late, renamed].forEach(function (input) { input.addEventListener('input', filter); });
  bar.hidden = false;
  filter();
})();
