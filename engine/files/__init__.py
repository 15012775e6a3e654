"""Writing of files and folders so that no reader ever finds a partial one, and nothing of the user's is lost."""

from engine.files.folder_survey import EMPTY_FOLDER, FolderSurvey, list_names, survey_folder
from engine.files.staging import check_target, numbered_folder, staged_folder
from engine.files.system import sync_folder
from engine.files.system_errors import as_sentence, disk_errors, read_errors
from engine.files.writing import write_file

__all__ = [
    "EMPTY_FOLDER",
    "FolderSurvey",
    "as_sentence",
    "check_target",
    "disk_errors",
    "list_names",
    "numbered_folder",
    "read_errors",
    "staged_folder",
    "survey_folder",
    "sync_folder",
    "write_file",
]
