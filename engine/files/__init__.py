"""Writing of files and folders so that no reader ever finds a partial one, and nothing of the user's is lost."""

from engine.files.writing import check_target, disk_errors, staged_folder, sync_folder, write_file

__all__ = ["check_target", "disk_errors", "staged_folder", "sync_folder", "write_file"]
