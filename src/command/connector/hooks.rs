//! The profiles in AWS's configuration file that ask a connector of this configuration.

use anyhow::Result;

use crate::app::App;
use crate::aws_files::{self, Family};
use crate::command::aws_file;
use crate::model::name::ConnectorName;
use crate::ui::Streams;

/// Says which profiles ask for a connector that is no longer there, and what to do about each.
pub fn tell_of_orphans(app: &App, streams: &mut Streams, connector: &ConnectorName, remedy: impl Fn(&str) -> String) {
    // The configuration is changed by now; that AWS's file can't be read is no failure of it.
    let Ok(profiles) = profiles_of(app, connector) else { return };
    for profile in profiles {
        let file = app.paths.aws_config.display();
        streams.warning(&format!("the profile “{profile}” in {file} asks for “{connector}”, which is gone"));
        streams.hint(&remedy(&profile));
    }
}

fn profiles_of(app: &App, connector: &ConnectorName) -> Result<Vec<String>> {
    let chosen = app.chosen_config()?;
    let chosen = chosen.as_deref().and_then(std::path::Path::to_str);
    let hooks = aws_files::hooks(&aws_file::load(&app.paths.aws_config, Family::Config)?).into_iter();
    let asking = hooks.filter(|profile| profile.hook.connector() == connector && profile.hook.config() == chosen);
    Ok(asking.map(|profile| profile.name).collect())
}
