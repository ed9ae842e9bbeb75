//! A language small enough to know what is right: assignments, `+`, lists, functions
//! without arguments, modules that are such functions, `del` and `if`. It is a part of Python, so the real facts apply.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// A value.
#[derive(Clone)]
pub enum Value {
    Number(i64),
    List(Rc<RefCell<Vec<Value>>>),
    /// The expression that it returns.
    Function(String),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::List(items) => f.debug_list().entries(items.borrow().iter()).finish(),
            Self::Function(body) => write!(f, "def: {body}"),
        }
    }
}

impl Value {
    /// Whether it is the very same object, or an equal number.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(mine), Self::Number(theirs)) => mine == theirs,
            (Self::List(mine), Self::List(theirs)) => Rc::ptr_eq(mine, theirs),
            (Self::Function(mine), Self::Function(theirs)) => mine == theirs,
            _ => false,
        }
    }

    /// The snapshot that is kept of a value that is about to change: one level deep.
    pub fn snapshot(&self) -> Self {
        match self {
            Self::List(items) => Self::List(Rc::new(RefCell::new(items.borrow().clone()))),
            other => other.clone(),
        }
    }
}

pub type Scope = BTreeMap<String, Value>;

/// Runs a text; stops at its first error.
pub fn run(text: &str, scope: &mut Scope) -> Result<(), String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .try_for_each(|line| statement(line, scope))
}

fn statement(line: &str, scope: &mut Scope) -> Result<(), String> {
    if let Some(rest) = line.strip_prefix("if ") {
        let (condition, then) = rest.split_once(": ").ok_or("if")?;
        let yes = matches!(evaluate(condition, scope)?, Value::Number(number) if number % 2 != 0);
        return if yes { statement(then, scope) } else { Ok(()) };
    }
    if let Some(rest) = line.strip_prefix("def ") {
        let (name, body) = rest.split_once("(): return ").ok_or("def")?;
        scope.insert(name.into(), Value::Function(body.into()));
        return Ok(());
    }
    if let Some(names) = line.strip_prefix("import ") {
        let module = || Value::Function("7".into());
        scope.extend(names.split(", ").map(|name| (name.to_owned(), module())));
        return Ok(());
    }
    if let Some(name) = line.strip_prefix("del ") {
        return scope.remove(name).map(|_| ()).ok_or_else(|| unknown(name));
    }
    if let Some((name, item)) = line.split_once(".append(") {
        let item = evaluate(item.trim_end_matches(')'), scope)?;
        return match scope.get(name).ok_or_else(|| unknown(name))? {
            Value::List(items) => {
                items.borrow_mut().push(item);
                Ok(())
            }
            _ => Err(format!("{name} is no list")),
        };
    }
    if let Some((name, more)) = line.split_once(" += ") {
        let sum = evaluate(&format!("{name} + {more}"), scope)?;
        scope.insert(name.into(), sum);
        return Ok(());
    }
    let (name, expression) = line.split_once(" = ").ok_or_else(|| format!("what is {line}?"))?;
    let value = evaluate(expression, scope)?;
    scope.insert(name.into(), value);
    Ok(())
}

fn evaluate(expression: &str, scope: &Scope) -> Result<Value, String> {
    if let Some((left, right)) = expression.rsplit_once(" + ") {
        return match (evaluate(left, scope)?, evaluate(right, scope)?) {
            (Value::Number(left), Value::Number(right)) => {
                Ok(Value::Number(left.wrapping_add(right)))
            }
            _ => Err("only numbers add".into()),
        };
    }
    if let Some(items) = expression.strip_prefix('[') {
        let items = items.trim_end_matches(']').split(", ").filter(|item| !item.is_empty());
        let items: Result<Vec<_>, _> = items.map(|item| evaluate(item, scope)).collect();
        return Ok(Value::List(Rc::new(RefCell::new(items?))));
    }
    if let Some(list) = expression.strip_prefix("len(") {
        let list = list.trim_end_matches(')');
        return match scope.get(list).ok_or_else(|| unknown(list))? {
            Value::List(items) => Ok(Value::Number(items.borrow().len() as i64)),
            _ => Err("only lists have a length".into()),
        };
    }
    if let Some(name) = expression.strip_suffix("()") {
        return match scope.get(name).ok_or_else(|| unknown(name))? {
            Value::Function(body) => evaluate(&body.clone(), scope),
            _ => Err(format!("{name} is no function")),
        };
    }
    match expression.parse() {
        Ok(number) => Ok(Value::Number(number)),
        Err(_) => scope.get(expression).cloned().ok_or_else(|| unknown(expression)),
    }
}

fn unknown(name: &str) -> String {
    format!("name {name} is not defined")
}
