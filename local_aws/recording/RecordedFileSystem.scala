package localaws

import java.io.{FileNotFoundException, IOException}
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Paths, StandardOpenOption}
import java.time.Instant

import org.apache.hadoop.fs._
import org.apache.hadoop.fs.permission.FsPermission
import org.apache.hadoop.util.Progressable

/** The buckets' folders as RawLocalFileSystem has them, with a line in the record for each thing that is asked of them.
  *
  * Only what a caller asks is written, not what RawLocalFileSystem asks of itself for it: the folders that it makes for
  * a file, say, are nothing that would happen on S3.
  */
class RecordedFileSystem extends RawLocalFileSystem {
  private val inside = new ThreadLocal[Boolean] { override def initialValue(): Boolean = false }

  private def asked[T](operation: String, path: Path, more: (String, Path)*)(act: => T): T =
    if (inside.get) act
    else {
      inside.set(true)
      try {
        val answer = act
        write(operation, path, more, 200)
        answer
      } catch {
        case missing: FileNotFoundException => write(operation, path, more, 404); throw missing
        case broken: IOException => write(operation, path, more, 500); throw broken
      } finally inside.set(false)
    }

  private def write(operation: String, path: Path, more: Seq[(String, Path)], status: Int): Unit = {
    val conf = getConf
    val (bucket, key) = place(path)
    val named = Seq("Bucket" -> bucket, "Key" -> key) ++ more.map { case (name, other) => name -> place(other)._2 }
    val resources = named.map { case (name, value) => s"${text(name)}: ${text(value)}" }.mkString("{", ", ", "}")
    val line = s"""{"time": ${text(Instant.now.toString)}, "principal": ${text(conf.get("local-aws.principal", ""))}, """ +
      s""""service": "hadoop", "operation": ${text(operation)}, "resources": $resources, "status": $status}\n"""
    val file = Paths.get(conf.get("local-aws.record"))
    Files.write(file, line.getBytes(UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND)
  }

  /** Bucket and key of a file below the folder of the buckets. */
  private def place(path: Path): (String, String) = {
    val rest = makeAbsolute(path).toUri.getPath.stripPrefix(getConf.get("local-aws.buckets")).stripPrefix("/")
    val (bucket, key) = rest.span(_ != '/')
    (bucket, key.stripPrefix("/"))
  }

  private def makeAbsolute(path: Path): Path = if (path.isAbsolute) path else new Path(getWorkingDirectory, path)

  private def text(value: String): String = value.flatMap {
    case '"' => "\\\""
    case '\\' => "\\\\"
    case letter if letter < ' ' => f"\\u${letter.toInt}%04x"
    case letter => letter.toString
  }.mkString("\"", "", "\"")

  override def open(path: Path, buffer: Int): FSDataInputStream = asked("open", path)(super.open(path, buffer))

  override def create(
      path: Path, overwrite: Boolean, buffer: Int, replication: Short, block: Long, progress: Progressable
  ): FSDataOutputStream =
    asked("create", path)(super.create(path, overwrite, buffer, replication, block, progress))

  override def create(
      path: Path,
      permission: FsPermission,
      overwrite: Boolean,
      buffer: Int,
      replication: Short,
      block: Long,
      progress: Progressable
  ): FSDataOutputStream =
    asked("create", path)(super.create(path, permission, overwrite, buffer, replication, block, progress))

  override def append(path: Path, buffer: Int, progress: Progressable): FSDataOutputStream =
    asked("append", path)(super.append(path, buffer, progress))

  override def rename(from: Path, to: Path): Boolean = asked("rename", from, "Target" -> to)(super.rename(from, to))

  override def delete(path: Path, recursive: Boolean): Boolean = asked("delete", path)(super.delete(path, recursive))

  override def listStatus(path: Path): Array[FileStatus] = asked("listStatus", path)(super.listStatus(path))

  override def getFileStatus(path: Path): FileStatus = asked("getFileStatus", path)(super.getFileStatus(path))

  override def mkdirs(path: Path): Boolean = asked("mkdirs", path)(super.mkdirs(path))

  override def mkdirs(path: Path, permission: FsPermission): Boolean = asked("mkdirs", path)(super.mkdirs(path, permission))
}
