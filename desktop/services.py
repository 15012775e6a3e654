"""What every part of the window is given: the document, the settings, the messages and the shared threads."""

from dataclasses import dataclass, field

from desktop.document.activity import Activity
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.document.project_session import ProjectSession
from desktop.settings.store import JsonFile, SettingsStore
from desktop.threads.background import Background
from engine.models.pool import ModelPool


@dataclass(frozen=True)
class Services:
    """The objects that all parts share; ``app`` creates them once."""

    document: Document
    messages: Messages
    settings: SettingsStore
    state: JsonFile
    background: Background
    session: ProjectSession
    activity: Activity
    models: ModelPool = field(default_factory=ModelPool)
